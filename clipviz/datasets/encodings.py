"""Which encoding a text file is written in; whether it is text at all."""

import codecs
from pathlib import Path

from clipviz.core.errors import UnreadableFile

BLOCK = 1 << 20
MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
BINARY = (b"\x7fELF", b"MZ", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"PK\x03\x04", b"PAR1",
          b"SQLite format 3", b"BZh", b"7z\xbc\xaf", b"Rar!", b"\xd0\xcf\x11\xe0", b"\x28\xb5\x2f\xfd")  # fmt: skip
CONTROL = bytes(sorted(set(range(32)) - set(b"\t\n\r\f\v\x1a\x1b\x00")))
LATIN = ("cp1250", "cp1254")
USUAL = frozenset("äöüÄÖÜßéèêëàâçîïôûùáíóúñãõåæø")
ALPHABETS = ["cp1250", "cp1251", "cp1253", "cp1254", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"]


def looks_like_text(head: bytes) -> bool:
    """False for the first bytes of programs, pictures, archives and other binary files."""
    if not head or head.startswith(tuple(mark for mark, _ in MARKS)) or _utf16_without_mark(head):
        return True
    if head.startswith(BINARY):
        return False
    strange = sum(head.count(value) for value in CONTROL) + head.count(0)
    return strange <= len(head) * 0.02 + 1


def guess(path: Path) -> str:
    """The encoding of a text file, from its mark or from all of its bytes."""
    with path.open("rb") as stream:
        head = stream.read(BLOCK)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    sixteen = _utf16_without_mark(head)
    if sixteen:
        return sixteen
    valid, broken = _utf8_evidence(path)
    if broken == 0 or valid > broken:
        return "utf-8"
    return _single_byte(head)


def check(name: str) -> str:
    """The name of an encoding that Python knows; raises UnreadableFile."""
    try:
        "a".encode(name)
        return name
    except (LookupError, ValueError):
        raise UnreadableFile(
            "The encoding must be one that is known", repr(name), "Try utf-8, windows-1252, latin-1 or utf-16"
        ) from None


def _utf16_without_mark(head: bytes) -> str:
    """utf-16-le or utf-16-be when every other byte of mostly ASCII text is zero, else ""."""
    sample = head[: len(head) // 2 * 2][:4096]
    if len(sample) < 4:
        return ""
    even, odd, half = sample[0::2].count(0), sample[1::2].count(0), len(sample) // 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * half and odd < 0.05 * half else ""


def _utf8_evidence(path: Path) -> tuple[int, int]:
    """Counts over the whole file: characters beyond ASCII that are valid UTF-8, and places that are not."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    valid = broken = 0
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            if block.isascii():
                broken += decoder.decode(b"", final=True).count("�")
                decoder.reset()
                continue
            text = decoder.decode(block)
            wrong = text.count("�")
            broken += wrong
            valid += len(text.encode("utf-8")) - len(text) - 2 * wrong
    return valid, broken + decoder.decode(b"", final=True).count("�")


def _of_old_macintosh(head: bytes) -> bool:
    """True when more usual letters come out of bytes read as a Macintosh wrote them than as Windows did."""
    apple, windows = (
        sum(letter in USUAL for letter in head.decode(name, "replace"))
        for name in ("mac_roman", "windows-1252")
    )
    return apple > windows


def _single_byte(head: bytes) -> str:
    """Windows-1252 for western text; another alphabet only when the text clearly reads as one."""
    from charset_normalizer import from_bytes

    if b"\r" in head and b"\n" not in head and _of_old_macintosh(head):
        return "mac_roman"
    best = from_bytes(head[: 1 << 16], cp_isolation=[*ALPHABETS, "cp1252"], threshold=0.2).best()
    beyond = sum(value >= 0x80 for value in head[: 1 << 16])
    latin = (
        best is not None and best.encoding in LATIN and best.coherence < 0.3
    )  # western text fits these as well
    if (
        best is not None
        and not latin
        and best.encoding != "cp1252"
        and beyond > 0.1 * min(len(head), 1 << 16)
    ):
        return str(best.encoding)
    try:
        head.decode("windows-1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "windows-1252"
