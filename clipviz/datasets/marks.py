"""Signs that people put on numbers: currencies, percent, accountants' brackets, hard spaces, a minus behind."""

import re

from clipviz.datasets.staging import literal

SIGNS = (
    r"(?:(?:US|R|A|C|HK|NT)?\$|[€£¥₹₽₩₺₴₪฿]|USD|EUR|GBP|CHF|JPY|CNY|INR|CAD|AUD|BRL|SEK|NOK|DKK|PLN|CZK|HUF"
    r"|S?Fr\.?|kr\.?|zł|Kč|Ft|lei|руб\.?)"
)
_SIGN = re.compile(rf"{SIGNS}|%")
_BEFORE = re.compile(rf"^([-+]?)\s*{SIGNS}\s*([-+]?[0-9.,])")
_AFTER = re.compile(rf"([0-9.,])\s*(?:{SIGNS}|%)$")
_BRACKETED = re.compile(rf"^\(\s*((?:{SIGNS}\s*)?[0-9][0-9.,' ]*(?:\s*(?:{SIGNS}|%))?)\s*\)$")
_ROUND = re.compile(r"([0-9])\.[-–—]+$")
_BEHIND = re.compile(r"^([0-9][0-9.,' ]*)-$")
_UNIT = r"^([-+]?[0-9][0-9.,' ]*?) ?([\pL°²³][\pL°²³0-9/]{0,7})$"  # RE2, which knows letters of all alphabets
_UNIT_HERE = re.compile(r"^([-+]?[0-9][0-9.,' ]*?) ?(?:[^\W\d_]|[°²³])(?:[^\W\d_]|[°²³0-9/]){0,7}$")
_TYPED = "\u00a0\u202f\u2009\u2212\u2019"
_PLAIN = "   -'"
"""What word processors make of a space, a minus and an apostrophe."""


def unmarked(cell: str) -> str:
    """A cell without its currency or percent sign: "$1,234" is 1,234, "(5 €)" is -5, "12 %" is 12."""
    text = cell.strip()
    if not text.isascii():
        text = text.translate(str.maketrans(_TYPED, _PLAIN))
    text = _BRACKETED.sub(r"-\1", _ROUND.sub(r"\1", text))
    return _BEHIND.sub(r"-\1", _AFTER.sub(r"\1", _BEFORE.sub(r"\1\2", text)))


def unmarked_sql(cell: str) -> str:
    """SQL for `unmarked` of a text cell."""
    text = f"translate({cell}, {literal(_TYPED)}, {literal(_PLAIN)})"
    for pattern, kept in (
        (_ROUND, r"\1"),
        (_BRACKETED, r"-\1"),
        (_BEFORE, r"\1\2"),
        (_AFTER, r"\1"),
        (_BEHIND, r"-\1"),
    ):
        text = f"regexp_replace({text}, {literal(pattern.pattern)}, '{kept}')"
    return text


def sign_sql(cell: str) -> str:
    """SQL for the sign of a marked cell: "$", "€", "%"; "" where there is none."""
    return f"regexp_extract({cell}, '{SIGNS}|%')"


def beside(cell: str) -> tuple[str, str]:
    """(the number of a cell without sign and unit, the sign or the unit), "" where it has none."""
    bare = unmarked(cell)
    number = without_unit(bare)
    sign = _SIGN.search(cell) if bare != cell.strip() else None
    return number, bare[len(number) :].strip() or (sign.group() if sign else "")


def without_unit(cell: str) -> str:
    """A cell without the unit behind its number: "5,5 kg" is 5,5."""
    return _UNIT_HERE.sub(r"\1", cell)


def unit_sql(cell: str) -> str:
    """SQL for the unit behind a number: "kg" of "5 kg", "km/h" of "5.5km/h"; "" where there is none."""
    return f"regexp_extract({cell}, {literal(_UNIT)}, 2)"


def without_unit_sql(cell: str) -> str:
    """SQL for a cell without the unit behind its number."""
    return f"regexp_replace({cell}, {literal(_UNIT)}, '\\1')"
