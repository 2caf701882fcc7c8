"""Files of other programs: what they are in words, and how their table comes out of them."""

from typing import NamedTuple

SAVE = "Save the table as .csv, .xlsx or .parquet"


class Foreign(NamedTuple):
    """What a file is, and what to do with it."""

    what: str
    remedy: str


OPEN_AGAIN = "Open it in Excel or LibreOffice and save it as .xlsx"
UNPACK = "Unpack it, and upload the file inside, or pack it as .zip"
PICTURE = "Export it as JPEG or PNG"
STARTS: tuple[tuple[bytes, Foreign], ...] = (
    (b"%PDF", Foreign("a PDF", "Export the table from the program that made it, as .csv or .xlsx")),
    (b"{\\rtf", Foreign("a text document (RTF)", SAVE)),
    (b"\x89HDF\r\n", Foreign("an HDF5 file", f"{SAVE}, or the arrays as .npz")),
    (b"MATLAB 5.0", Foreign("a MATLAB file", "Save it with writetable as .csv, or the arrays as .npz")),
    (b"SQLite format 3", Foreign("an SQLite database", "Export one of its tables as .csv")),
    (b"<stata_dta>", Foreign("a Stata file", "Export it with 'export delimited' as .csv")),
    (b"$FL2", Foreign("an SPSS file", "Save it as .csv or .xlsx in SPSS")),
    (b"$FL3", Foreign("an SPSS file", "Save it as .csv or .xlsx in SPSS")),
    (b"RDX", Foreign("an R data file", "Write the table with write.csv")),
    (b"Rar!", Foreign("a RAR archive", UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", Foreign("a 7z archive", UNPACK)),
    (b"8BPS", Foreign("a Photoshop drawing", PICTURE)),
    (b"@relation", Foreign("an ARFF file of Weka", "Save it as .csv in Weka")),
    (b"<!doctype html", Foreign("a web page, whatever it is called", OPEN_AGAIN)),
    (b"<html", Foreign("a web page, whatever it is called", OPEN_AGAIN)),
    (b"<table", Foreign("a web page, whatever it is called", OPEN_AGAIN)),
    (b"<?xml", Foreign("an XML document", OPEN_AGAIN)),
)
SAS = b"\xc2\xea\x81\x60\xb3\x14\x11\xcf"
PICKLE = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
MOVING = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif")


def known(head: bytes) -> Foreign | None:
    """What a file is that no format here reads, by its first bytes; None for one that is not known."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    plain = start[:20].lower()
    for mark, found in STARTS:
        if start.startswith(mark) or (mark.islower() and plain.startswith(mark)):
            return found
    if SAS in head[:40]:
        return Foreign("a SAS file", "Export it with proc export as .csv")
    if head.startswith(PICKLE):
        return Foreign("a Python pickle, which can hold programs", f"{SAVE} with pandas")
    if head[4:12] in MOVING:
        return Foreign("a picture as phones take them (HEIC or AVIF)", PICTURE)
    return None
