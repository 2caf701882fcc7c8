"""Workbooks of three programs and three decades, and what is left of them after an accident."""

import io
import struct
import zipfile
from collections.abc import Iterator
from datetime import datetime

import openpyxl

from tests.datasets.zoo.specimen import Specimen


def specimens() -> Iterator[Specimen]:
    plain = _xlsx()
    yield Specimen("a workbook", "a.xlsx", plain, 30, kinds={"x": "integer", "d": "date", "f": "boolean"})
    yield Specimen("a workbook called .csv", "a.csv", plain, 30)
    yield Specimen("a hidden sheet before the table", "a.xlsx", _sheets(), 40, first={"x": 0, "y": 1.5})
    yield Specimen(
        "a workbook whose sheets are all hidden but an empty one", "a.xlsx", _sheets(shown=False), 40
    )
    yield Specimen(
        "a cover of three rows before the table", "a.xlsx", _sheets(cover=True), 40, kinds={"x": "integer"}
    )
    yield Specimen("merged cells", "a.xlsx", _merged(), 30, kinds={"group": "category"}, note="merged cells")
    yield Specimen("formulas, which are values here", "a.xlsx", _formulas(), 30, kinds={"y": "integer"})
    yield Specimen("a sheet of LibreOffice", "a.ods", _ods(), 12, kinds={"x": "integer", "w": "category"})
    yield Specimen("a workbook of 1997", "a.xls", xls(), 20, kinds={"x": "integer", "y": "number"})
    yield Specimen("a truncated workbook of 1997", "a.xls", xls()[:700], says="workbook is damaged")
    yield Specimen("a workbook with a password", "a.xlsx", _locked(), says="must not ask for a password")
    yield Specimen("a sheet with a password", "a.ods", _ods(locked=True), says="must not ask for a password")
    yield Specimen("half a workbook", "a.xlsx", plain[: len(plain) // 2], says="must be a whole .xlsx file")
    yield Specimen(
        "a workbook without its sheet", "a.xlsx", _without_sheet(plain), says="workbook is damaged"
    )
    yield Specimen("an empty workbook", "a.xlsx", _saved(openpyxl.Workbook()), says="an empty sheet")
    yield Specimen("a workbook that is a bomb", "a.xlsx", _bomb(), says="times its own size")


def _saved(book: openpyxl.Workbook) -> bytes:
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["x", "d", "f"])
    for n in range(30):
        book.active.append([n, datetime(2020, 1, 1 + n), n % 2 == 0])
    return _saved(book)


def _sheets(shown: bool = True, cover: bool = False) -> bytes:
    """The sheets read me (one cell), lists (hidden, or three rows of two cells) and data (40 rows, as hidden)."""
    book = openpyxl.Workbook()
    book.active.title = "read me"
    book.active.append(["Read the other sheet"] if shown else [])
    lists, data = book.create_sheet("lists"), book.create_sheet("data")
    for row in (["code", "name"], [1, "one"], [2, "two"]):
        lists.append(row)
    data.append(["x", "y"])
    for n in range(40):
        data.append([n, n + 1.5])
    lists.sheet_state = "visible" if cover else "hidden"
    data.sheet_state = "visible" if shown else "veryHidden"
    return _saved(book)


def _merged() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["group", "x"])
    for n in range(30):
        sheet.append([f"g{n // 10}" if n % 10 == 0 else None, n])
    for start in (2, 12, 22):
        sheet.merge_cells(start_row=start, end_row=start + 9, start_column=1, end_column=1)
    return _saved(book)


def _formulas() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["x", "y"])
    for n in range(30):
        book.active.append([n, f"=A{n + 2}*2"])
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_saved(book))) as given, zipfile.ZipFile(whole, "w") as taken:
        for name in given.namelist():
            content = given.read(name)
            if name.startswith("xl/worksheets/"):
                for n in range(30):  # the value that Excel would have stored beside the formula
                    formula = f"<f>A{n + 2}*2</f><v></v>".encode(), f"<f>A{n + 2}*2</f><v />".encode()
                    for spelling in formula:
                        content = content.replace(spelling, f"<f>A{n + 2}*2</f><v>{n * 2}</v>".encode())
            taken.writestr(name, content)
    return whole.getvalue()


def _without_sheet(plain: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as given, zipfile.ZipFile(whole, "w") as taken:
        for name in given.namelist():
            if not name.startswith("xl/worksheets/"):
                taken.writestr(name, given.read(name))
    return whole.getvalue()


def _bomb() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(60_000_000))
    return whole.getvalue()


def _ods(locked: bool = False) -> bytes:
    def cell(value: object) -> str:
        if isinstance(value, int):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    rows = [["x", "w"], *([n, f"w{n % 3}"] for n in range(12))]
    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Sheet1">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = "<manifest:encryption-data/>" if locked else "<manifest/>"
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return whole.getvalue()


def xls() -> bytes:
    """A minimal workbook in the binary format of Excel 97: x = 0..19, y = x / 2."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def label(row: int, column: int, text: str) -> bytes:
        return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 0) + text.encode("latin-1"))

    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    sheet = record(0x0809, begin[:2] + struct.pack("<H", 0x0010) + begin[4:])
    sheet += record(0x0200, struct.pack("<IIHHH", 0, 21, 0, 2, 0)) + label(0, 0, "x") + label(0, 1, "y")
    for n in range(20):
        sheet += record(0x0203, struct.pack("<HHHd", n + 1, 0, 0, float(n)))
        sheet += record(0x0203, struct.pack("<HHHd", n + 1, 1, 0, n / 2))
    sheet += record(0x000A, b"")
    name = b"Sheet1"
    ahead = record(0x0809, begin) + record(0x0042, struct.pack("<H", 1252))
    bound = 4 + 8 + len(name)
    start = len(ahead) + bound + 4
    workbook = ahead + record(0x0085, struct.pack("<IBBBB", start, 0, 0, len(name), 0) + name)
    return compound({"Workbook": workbook + record(0x000A, b"") + sheet})


def _locked() -> bytes:
    """What Excel makes of a workbook with a password: a compound file with the encrypted package in it."""
    return compound({"EncryptedPackage": bytes(5000), "EncryptionInfo": bytes(5000)})


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file (MS-CFB) of some streams, each padded to 4,096 bytes so that none is a mini stream."""
    size, free, end = 512, 0xFFFFFFFF, 0xFFFFFFFE
    padded = {
        name: content.ljust(max(4096, -(-len(content) // size) * size), b"\0")
        for name, content in streams.items()
    }
    chains, starts, at = [], {}, 2  # sector 0 holds the table of sectors, sector 1 the directory
    for name, content in padded.items():
        count = len(content) // size
        starts[name] = at
        chains += [*range(at + 1, at + count), end]
        at += count
    sectors = struct.pack(f"<{size // 4}I", *([0xFFFFFFFD, end, *chains] + [free] * size)[: size // 4])

    def entry(name: str, kind: int, start: int, length: int, child: int = free, right: int = free) -> bytes:
        wide = name.encode("utf-16-le") + b"\0\0"
        return (
            wide.ljust(64, b"\0") + struct.pack("<HBB", len(wide), kind, 1)
            + struct.pack("<III", free, right, child) + bytes(36) + struct.pack("<IQ", start, length)
        )  # fmt: skip

    names = list(padded)
    directory = entry("Root Entry", 5, end, 0, child=1)
    for place, name in enumerate(names, start=1):
        following = place + 1 if place < len(names) else free
        directory += entry(name, 2, starts[name], len(padded[name]), right=following)
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
        + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    )  # fmt: skip
    return header + sectors + directory.ljust(size, b"\0") + b"".join(padded.values())
