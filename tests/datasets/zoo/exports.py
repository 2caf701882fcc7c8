"""Tables as other programs and other countries export them: what a person would expect of each."""

import io
import json
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.datasets.zoo.specimen import Specimen, lines, table

COUNT = range(30)


def specimens() -> Iterator[Specimen]:
    yield from _countries()
    yield from _programs()
    yield from _moments()
    yield from _workbooks()
    yield from _documents()
    yield from _strangers()


def _countries() -> Iterator[Specimen]:
    german = lines("Kunde;Datum;Umsatz;Anteil;Aktiv", *(f"Müller {n};{n % 28 + 1:02d}.03.2023;{n + 1}.234,50;{n},5%;"
                   f"{'ja' if n % 3 else 'nein'}" for n in COUNT), end="\r\n").decode().encode("cp1252")  # fmt: skip
    yield Specimen(
        "German Excel", "a.csv", german, 30,
        kinds={"Datum": "date", "Umsatz": "number", "Anteil": "number", "Aktiv": "boolean"},
        first={"Umsatz": 1234.5, "Datum": datetime(2023, 3, 1), "Aktiv": False}, note="12 % is 12",
    )  # fmt: skip
    yield Specimen(
        "French Excel", "a.csv", table("Vente;Écart;Validé", "1{n}\u202f234,50;\u2212{n},5;oui"), 40,
        kinds={"Validé": "boolean"}, first={"Vente": 10234.5, "Écart": -0.5},
    )  # fmt: skip
    yield Specimen(
        "Swiss numbers with a curly apostrophe", "a.csv", table("Konto;Saldo", "A{n};1\u2019234.{n}"), 40,
        first={"Saldo": 1234.0},
    )  # fmt: skip
    yield Specimen(
        "people by the thousand beside decimal commas", "a.csv",
        lines("Einwohner;Fläche", *(f"7.{n:03d};{n},5" for n in COUNT)), 30,
        kinds={"Einwohner": "integer", "Fläche": "number"}, first={"Einwohner": 7000, "Fläche": 0.5},
    )  # fmt: skip
    yield Specimen(
        "an old Macintosh's letters", "a.csv", b"a,b\r" + b"".join(b"%d,caf\x8e\r" % n for n in COUNT), 30,
        first={"b": "café"},
    )  # fmt: skip
    yield Specimen(
        "yes and no in six languages", "a.csv",
        lines("a,b,c,d,e,f", *["ja,oui,sí,vero,WAHR,on", "nein,non,no,falso,FALSCH,off"] * 9), 18,
        kinds=dict.fromkeys("abcdef", "boolean"), first=dict.fromkeys("abcdef", True),
    )  # fmt: skip


def _programs() -> Iterator[Specimen]:
    yield Specimen(
        "a list of SAP", "a.txt",
        lines("Dynamic List", "-" * 30, "|Material|Betrag    |", "-" * 30,
              *(f"|{n:08d}|{n + 1}.234,50{'-' if n % 4 == 0 else ' '}|" for n in COUNT), "-" * 30),
        30, 2, kinds={"Betrag": "number"}, first={"Material": "00000000", "Betrag": -1234.5},
        reason="cells instead of",
    )  # fmt: skip
    yield Specimen(
        "a form of Google", "a.csv",
        lines('"Timestamp","How satisfied? (1-5)"',
              *(f'"2023/01/{n % 28 + 1:02d} 1:30:00 PM GMT+1","{1 + n % 5}"' for n in COUNT)),
        30, kinds={"Timestamp": "date"}, first={"Timestamp": datetime(2023, 1, 1, 12, 30)},
        note="converted to UTC",
    )  # fmt: skip
    yield Specimen(
        "a survey of Qualtrics", "a.csv",
        lines("StartDate,Q1,Q2", '"Start Date","How old?\nIn years","Smoker?"',
              *['"{""ImportId"":""a""}","{""ImportId"":""b""}","{""ImportId"":""c""}"'],
              *(f"2023-01-{n % 28 + 1:02d} 10:00:00,{20 + n},{'Yes' if n % 2 else 'No'}" for n in COUNT)),
        30, kinds={"StartDate / Start Date": "date", "Q1 / How old? In years": "integer", "Q2 / Smoker?": "boolean"},
    )  # fmt: skip
    yield Specimen(
        "a logger with units", "a.csv", lines("time,temp,flow", "s,°C,l/min", *(f"{n},{n}.5,{n}" for n in COUNT)), 30,
        kinds={"time / s": "integer", "temp / °C": "number", "flow / l/min": "integer"},
    )  # fmt: skip
    yield Specimen(
        "a logger that introduces itself", "a.csv",
        lines("Device:,DL-100", "Serial:,123456", "", "Day,Clock,Volt",
              *(f"{n % 28 + 1:02d}/01/2023,{n % 24:02d}:30,{n}.5" for n in COUNT)),
        30, kinds={"Day": "date", "Clock": "number"}, first={"Clock": 1800.0}, note="below 2 lines",
    )  # fmt: skip
    yield Specimen(
        "the World Bank", "a.csv",
        lines('"Data Source","Indicators",', "", '"Country Name","Code","1960","1961",',
              *(f'"C{n}","C{n:02d}","{n}.5","..",' for n in COUNT)),
        30, kinds={"Country Name": "text", "1960": "number", "1961": "empty"},
    )  # fmt: skip
    yield Specimen(
        "R with names of rows", "a.csv", lines('"mpg","cyl"', *(f'"car {n}",{n}.5,{n % 8}' for n in COUNT)), 30,
        kinds={"column 1": "text", "mpg": "number", "cyl": "integer"},
    )  # fmt: skip
    yield Specimen(
        "columns laid out with blanks", "a.txt",
        lines("Name      Age  Weight", *(f"{f'N{n}':<10}{n:<5}{n * 1.5:<6}" for n in COUNT)), 30,
        kinds={"Name": "text", "Age": "integer", "Weight": "number"},
    )  # fmt: skip
    yield Specimen(
        "quotes behind backslashes", "a.csv", table("a,b", '{n},"he said \\"hi\\", ok"'), 40,
        first={"b": 'he said "hi", ok'},
    )  # fmt: skip
    yield Specimen(
        "a total at the end", "a.csv",
        lines("Region,Units,Price", *(f"R{n},{n},2.5" for n in COUNT), f"Total,{sum(COUNT)},"), 30, 1,
        reason="is the sum of the rows above",
    )  # fmt: skip
    yield Specimen(
        "a last region that is called total", "a.csv",
        lines("Region,Units", *(f"R{n},{n}" for n in COUNT), "Total,7"), 31,
    )  # fmt: skip
    yield Specimen(
        "sources below the table", "a.csv", lines("a,b", *(f"{n},{n}" for n in COUNT), "", "Source: the office"),
        30, 1, reason="1 cells instead of 2",
    )  # fmt: skip
    yield Specimen(
        "what Excel could not work out", "a.csv", table("a,b", "{n},#DIV/0!") + b"40,5\n41,n.a.\n", 42,
        kinds={"b": "integer"},
    )  # fmt: skip
    yield Specimen(
        "numbers with their unit", "a.csv", table("w,h", "{n} kg,{n}.5cm"), 40,
        kinds={"w": "integer", "h": "number"}, note="without its unit kg",
    )  # fmt: skip
    yield Specimen(
        "two units in a column", "a.csv", lines("w", *["5 kg", "7 lb"] * 9), 18, kinds={"w": "category"}
    )
    yield Specimen(
        "codes of different length", "a.csv", lines("article,phone", *["007,0791234567", "12345,0441234567"] * 9), 18,
        kinds={"article": "category", "phone": "category"}, first={"article": "007"}, note="begin with zeros",
    )  # fmt: skip
    yield Specimen(
        "rows of empty cells", "a.csv", lines("a,b", *[row for n in COUNT for row in (f"{n},x", ",")]), 30,
        note="30 rows of empty cells",
    )  # fmt: skip
    yield Specimen(
        "a year beside a word is a name", "a.csv", lines("country,2019,2020", *(f"c{n},{n},{n}.5" for n in COUNT)), 30,
        kinds={"country": "text", "2019": "integer", "2020": "number"},
    )  # fmt: skip


def _moments() -> Iterator[Specimen]:
    spelled = {
        "offsets": ("2023-03-05T10:00:00+02:00", datetime(2023, 3, 5, 8)),
        "half an hour's offset": ("2023-03-05 10:00:00.5 -0330", datetime(2023, 3, 5, 13, 30, 0, 500_000)),
        "a mail's date": ('"Sun, 05 Mar 2023 10:00:00 +0200"', datetime(2023, 3, 5, 8)),
        "a web server's date": ("05/Mar/2023:10:00:00 +0000", datetime(2023, 3, 5, 10)),
        "German months": ("5. März 2023", datetime(2023, 3, 5)),
        "French months": ("5 févr. 2023", datetime(2023, 2, 5)),
        "Spanish months": ("5 de enero de 2023", datetime(2023, 1, 5)),
        "months of a year": ("2023-03", datetime(2023, 3, 1)),
    }
    spelled |= {
        "the afternoon": ("2023-03-05 1:30 PM", datetime(2023, 3, 5, 13, 30)),
        "a named zone": ("2023-03-05 10:00:00 EST", datetime(2023, 3, 5, 10)),
    }
    for name, (cell, moment) in spelled.items():
        yield Specimen(
            f"dates: {name}",
            "a.csv",
            table("d,x", f"{cell},{{n}}"),
            40,
            kinds={"d": "date"},
            first={"d": moment},
        )
    yield Specimen(
        "times of day and durations", "a.csv", table("t,long,half", "09:30,26:00:01.5,12:30 PM"), 40,
        kinds={"t": "number"}, first={"t": 34_200.0, "long": 93_601.5, "half": 45_000.0}, note="read as seconds",
    )  # fmt: skip
    yield Specimen(
        "spans of time are words", "a.csv", table("t,x", "09:30-11:00,{n}"), 40, kinds={"t": "category"}
    )


def _workbooks() -> Iterator[Specimen]:
    body = [[f"R{n}", n, n * 1.5] for n in COUNT]
    names = ["Region", "Units", "Revenue"]
    yield Specimen(
        "a report with a title", "a.xlsx", book([["Quarterly report"], [], names, *body]), 30,
        kinds={"Region": "text", "Units": "integer", "Revenue": "number"}, note="below 1 row",
    )  # fmt: skip
    yield Specimen(
        "a report with a merged title", "a.xlsx", book([["Quarterly report"], names, *body], merge="A1:C1"), 30,
        kinds={"Units": "integer"}, note="below 1 row",
    )  # fmt: skip
    yield Specimen(
        "a report that says who made it", "a.xlsx",
        book([["Report"], ["Created by", "SAP"], names, *body, ["Total", sum(COUNT), 1.5 * sum(COUNT)]]), 30, 1,
        kinds={"Units": "integer"}, reason="is the sum", note="below 2 rows",
    )  # fmt: skip
    yield Specimen(
        "years above the names", "a.xlsx",
        book([["", "2020", "", "2021"], ["Region", "Units", "Price", "Units"], *([f"R{n}", n, n, n] for n in COUNT)]),
        30, kinds={"Region": "text", "2020 / Price": "integer", "2021 / Units": "integer"},
    )  # fmt: skip
    yield Specimen(
        "a sheet that says read me", "a.xlsx", book([["Read me"], ["Second line"]], second=[names, *body]), 30,
        kinds={"Units": "integer"},
    )  # fmt: skip
    yield Specimen(
        "numbers typed as words with decimal commas", "a.xlsx",
        book([["a", "b"], *([f"1.{n:03d},5", n / 2] for n in COUNT)]), 30,
        kinds={"a": "number", "b": "number"}, first={"a": 1000.5, "b": 0.0},
    )  # fmt: skip


def _documents() -> Iterator[Specimen]:
    rows = [{"x": n, "y": n / 2} for n in COUNT]
    shapes: dict[str, object] = {
        "an answer with its rows inside": {"meta": {"count": 30}, "response": {"data": rows}},
        "columns of lists": {"x": list(COUNT), "y": [n / 2 for n in COUNT]},
        "columns of pandas": {"x": {str(n): n for n in COUNT}, "y": {str(n): n / 2 for n in COUNT}},
        "rows of pandas by index": {str(n): row for n, row in enumerate(rows)},
        "split by pandas": {"columns": ["x", "y"], "index": [*COUNT], "data": [[n, n / 2] for n in COUNT]},
        "lists with names on top": [["x", "y"], *([n, n / 2] for n in COUNT)],
    }
    for name, document in shapes.items():
        for indent in (None, 2):
            content = json.dumps(document, indent=indent).encode()
            yield Specimen(f"JSON: {name}{' (laid out)' if indent else ''}", "a.json", content, 30,
                           kinds={"x": "integer", "y": "number"}, first={"x": 0})  # fmt: skip
    known = pa.table({
        "cost": pa.array([Decimal(n) / 100 for n in COUNT], pa.decimal128(18, 2)),
        "clock": pa.array([time(1, 30) for _ in COUNT]),
        "long": pa.array([timedelta(seconds=1.5) for _ in COUNT]),
        "inside": pa.array([{"a": n} for n in COUNT]),
    })  # fmt: skip
    sink = io.BytesIO()
    pq.write_table(known, sink)
    yield Specimen(
        "Parquet with clocks", "a.parquet", sink.getvalue(), 30,
        kinds={"cost": "number", "clock": "number", "long": "number", "inside": "text"},
        first={"clock": 5400.0, "long": 1.5}, note="read as seconds",
    )  # fmt: skip


def _strangers() -> Iterator[Specimen]:
    for name, content, says in (
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "a web page, whatever it is called.*as .xlsx"),
        ("a.xls", b'<?xml version="1.0"?><Workbook/>', "an XML document"),
        ("a.dta", b"<stata_dta><header>" + bytes(99), "a Stata file.*export delimited"),
        ("a.pdf", b"%PDF-1.4\n" + bytes(99), "a PDF.*Export the table"),
        ("a.h5", b"\x89HDF\r\n\x1a\n" + bytes(99), "an HDF5 file"),
        ("a.pkl", b"\x80\x04\x95" + bytes(99), "a Python pickle, which can hold programs"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(99), "a 7z archive.*pack it as .zip"),
        ("a.arff", b"@RELATION iris\n@DATA\n1,2\n", "an ARFF file of Weka"),
        ("a.heic", b"\0\0\0\x18ftypheic" + bytes(99), "HEIC.*as JPEG"),
    ):  # fmt: skip
        yield Specimen(f"{name} that begins {content[:6]!r}", name, content, says=says)


def book(rows: Sequence[Sequence[object]], merge: str = "", second: Sequence[Sequence[object]] = ()) -> bytes:
    workbook = openpyxl.Workbook()
    for sheet, given in (
        (workbook.active, rows),
        *([(workbook.create_sheet("Data"), second)] if second else []),
    ):
        for row in given:
            sheet.append(list(row))
    if merge:
        workbook.worksheets[0].merge_cells(merge)
    whole = io.BytesIO()
    workbook.save(whole)
    return whole.getvalue()
