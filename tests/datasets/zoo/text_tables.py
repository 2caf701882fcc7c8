"""Text tables: what people's programs and keyboards make of them."""

from collections.abc import Iterator

from tests.datasets.zoo.specimen import Specimen, lines, table

BODY = [f"{n},{n * 2 % 7},{'a' if n % 2 else 'b'}" for n in range(40)]


def specimens() -> Iterator[Specimen]:
    yield Specimen(
        "carets between the cells", "a.txt", lines("a^b", *(f"{n}^w {n % 3}" for n in range(12))), 12,
        kinds={"a": "integer"}, first={"a": 0, "b": "w 0"},
    )  # fmt: skip
    yield Specimen(
        "line breaks of Windows within cells", "a.csv", lines("a,b", *(f'{n},"x\r\ny"' for n in range(12)), end="\r\n"),
        12, first={"b": "x\ny"},
    )  # fmt: skip
    yield Specimen(
        "an encoding that is a guess",
        "a.csv",
        lines("a,b", *(f"{n},Straße" for n in range(12))).decode().encode("cp1252"),
        12,
        first={"b": "Straße"},
        note="The encoding windows-1252 is a guess",
    )
    yield Specimen(
        "lakhs and crores", "a.csv", lines("a,b", *(f'{n},"1,23,{400 + n}.5"' for n in range(12))), 12,
        kinds={"b": "number"}, first={"b": 123400.5},
    )  # fmt: skip
    yield Specimen("bars", "a.txt", table("x|y|z", "{n}|1.5|w"), 40, kinds={"x": "integer", "y": "number"})
    yield Specimen("tabs", "a.tsv", table("x\ty", "{n}\t1.5"), 40, kinds={"y": "number"})
    yield Specimen("spaces", "a.txt", table("x y", "{n} 1.5"), 40, kinds={"y": "number"})
    yield Specimen(
        "comment lines above and within",
        "a.csv",
        lines("# made by a machine", "# on a Monday", "x,y,z", *BODY[:20], "# half time", *BODY[20:]),
        40,
        kinds={"x": "integer", "z": "category"},
        note="3 comment lines",
    )
    yield Specimen("a marked row of names", "a.csv", lines("# x,y,z", *BODY), 40, kinds={"# x": "integer"})
    yield Specimen(
        "a title above the table",
        "a.csv",
        lines("Sales of the year", "Confidential", "x,y,z", *BODY),
        40,
        kinds={"x": "integer"},
        note="begins below 2 lines",
    )
    yield Specimen(
        "two rows of names",
        "a.csv",
        lines("old,,new,", "length,weight,length,weight", *(f"{n},{n}.5,{n},{n}" for n in range(40))),
        40,
        kinds={"old / weight": "number", "new / weight": "integer"},
        note="joined from 2 rows",
    )
    yield Specimen("no row of names", "a.csv", lines(*BODY), 40, kinds={"column 1": "integer"})
    yield Specimen(
        "euros with decimal commas",
        "a.csv",
        table("price;n", "1.234,5{n} €;{n}"),
        40,
        kinds={"price": "number"},
        note="without the sign €",
    )
    yield Specimen(
        "dollars with thousands marks and accountants' brackets",
        "a.csv",
        lines("balance", *(f'"${n},234.50"' for n in range(1, 30)), *['"($5.00)"'] * 10),
        39,
        kinds={"balance": "number"},
        note="without the sign",
    )
    yield Specimen(
        "accountants' brackets without a sign",
        "a.csv",
        lines("balance", *(f'"{n},234.50"' for n in range(1, 30)), *['"(1,200.00)"'] * 10, "(5)"),
        40,
        kinds={"balance": "number"},
        note="amounts in brackets",
    )
    yield Specimen(
        "numbers in brackets as a list has them", "a.csv", table("x,y", "({n}),1"), 40, kinds={"x": "text"}
    )
    yield Specimen(
        "decimal commas before a unit",
        "a.csv",
        table("weight;n", "{n},5 kg;{n}"),
        40,
        kinds={"weight": "number"},
        first={"weight": 0.5},
        note="without its unit kg",
    )
    yield Specimen(
        "kroner", "a.csv", table("price;n", "1 234,5{n} kr;{n}"), 40, kinds={"price": "number"}, note="kr"
    )
    yield Specimen(
        "versions", "a.csv", table("version,n", "1.2.{n},{n}", 9), 9, kinds={"version": "category"}
    )
    yield Specimen("UTF-32", "a.csv", "x,y\n1,ä\n2,ö\n3,ü\n".encode("utf-32"), 3, kinds={"x": "integer"})
    yield Specimen(
        "percent signs",
        "a.csv",
        table("share,x", "{n}.5 %,1"),
        40,
        kinds={"share": "number"},
        note="12 % is 12",
    )
    yield Specimen(
        "two currencies",
        "a.csv",
        lines("p", *["$5", "€6"] * 20),
        40,
        kinds={"p": "integer"},
        note="mixes units",
    )
    yield Specimen(
        "hard spaces in thousands",
        "a.csv",
        table("x;y", "1\u00a0234,{n}\u00a0€;{n}"),
        40,
        kinds={"x": "number"},
    )
    yield Specimen(
        "line breaks in quoted cells",
        "a.csv",
        lines("x,word", *(f'{n},"one\ntwo {n % 3}"' for n in range(40))),
        40,
        kinds={"word": "category"},
    )
    yield Specimen(
        "a byte order mark", "a.csv", b"\xef\xbb\xbf" + lines("x,y", "1,2", "3,4"), 2, kinds={"x": "integer"}
    )
    yield Specimen("old Macintosh line ends", "a.csv", lines("x,y", *["1,2"] * 9, end="\r"), 9)
    yield Specimen("UTF-16 of Excel", "a.txt", "x\ty\n1\t2\n3\tü\n".encode("utf-16"), 2)
    yield Specimen(
        "the day first",
        "a.csv",
        lines("d,x", *(f"{n}/1/2020,{n}" for n in range(1, 29))),
        28,
        kinds={"d": "date"},
    )
    yield Specimen(
        "the month first",
        "a.csv",
        lines("d,x", *(f"1/{n}/2020,{n}" for n in range(1, 29))),
        28,
        kinds={"d": "date"},
    )
    yield Specimen(
        "day or month first: nobody can say",
        "a.csv",
        lines("d,x", *(f"{1 + n % 9}/{1 + n % 11}/2020,{n}" for n in range(40))),
        40,
        kinds={"d": "date"},
        note="may have the day or the month first",
    )
    yield Specimen(
        "one column of dates settles another",
        "a.csv",
        lines("d,e", *(f"{1 + n % 9}/{1 + n % 11}/2020,{n}/1/2020" for n in range(1, 29))),
        28,
        kinds={"d": "date", "e": "date"},
    )
    yield Specimen(
        "names of months",
        "a.csv",
        lines("d,x", *(f"{n} Jan 2020,1" for n in range(1, 29))),
        28,
        kinds={"d": "date"},
    )
    yield Specimen(
        "dates with a zone", "a.csv", table("t,x", "2020-01-01T00:{n}:00Z,1", 40).replace(b":0:", b":00:"), 40
    )
    yield Specimen(
        "whole numbers beyond 2^53",
        "a.csv",
        lines("id,x", *(f"{2**60 + n},{n}" for n in range(40))),
        40,
        kinds={"id": "integer"},
        note="kept exactly",
    )
    yield Specimen(
        "numbers of thirty digits",
        "a.csv",
        table("id,x", "1234567890123456789012345678{n},{n}"),
        40,
        kinds={"id": "integer"},
    )
    yield Specimen(
        "codes with zeros in front",
        "a.csv",
        lines("plz,x", *(f"0{1000 + n % 4},{n}" for n in range(40))),
        40,
        kinds={"plz": "category"},
        note="begin with zeros",
    )
    yield Specimen(
        "names, another in each row",
        "a.csv",
        table("name,x", "Person{n} Smith,1", 80),
        80,
        kinds={"name": "text"},
        note="names or identifiers",
    )
    yield Specimen(
        "five thousand cities, each three times",
        "a.csv",
        table("city,x", "City {n},1", 5000) + 2 * table("City 0,1", "City {n},1", 5000),
        15_002,
        kinds={"city": "category"},
    )
    yield Specimen(
        "formulas in cells",
        "a.csv",
        lines("x,y", "=1+1,@SUM(A1)", "+cmd|' /C calc'!A0,-2", "1,2", "3,4"),
        4,
        kinds={"x": "category"},
    )
    yield Specimen("NUL bytes", "a.csv", lines("x,y", *["1,2"] * 20, "3,\x00"), 20, 1, reason="NUL")
    yield Specimen(
        "ragged rows",
        "a.csv",
        lines("x,y", *["1,2"] * 20, "3", "4,5,6"),
        20,
        2,
        reason="1 cells instead of 2",
    )
    yield Specimen(
        "a quote that never closes",
        "a.csv",
        lines("x,y", *["1,2"] * 20, '"3,4', "5,6"),
        21,
        1,
        reason="quote",
    )
    yield Specimen(
        "one bad number", "a.csv", lines("x,y", *["1,2"] * 40, "3,oops"), 40, 1, reason='"oops" is not a'
    )
    yield Specimen(
        "a broken byte", "a.csv", lines("x,y", *["1,ü"] * 40) + b"2,\xff\n", 40, 1, reason="not utf-8"
    )
    yield Specimen("a program", "a.csv", b"MZ\x90\x00" + bytes(range(256)) * 20, says="binary data")
    yield Specimen("a PDF", "a.csv", b"%PDF-1.7\n" + bytes(range(256)) * 20, says="a PDF")
    yield Specimen(
        "an SQLite file", "a.db", b"SQLite format 3\0" + bytes(4000), says="an SQLite database .*Export one"
    )
    yield Specimen("nothing", "a.csv", b"", says="must not be empty")
    yield Specimen("only names", "a.csv", b"x,y,z\n", says="only a header row")
    yield Specimen("hashtags, which are no comments", "a.csv", lines("tag,x", *["#a,1", "#b,2"] * 20), 40)
    yield Specimen(
        "a hundred thousand columns",
        "a.csv",
        (",".join(map(str, range(100_000))) + "\n").encode() * 3,
        says="at most 20,000 columns; received 100,000",
    )
