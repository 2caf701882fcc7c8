"""Signs that people put on numbers: currencies, percent, accountants' brackets, hard spaces."""

import re

SIGNS = r"(?:US\$|[$€£¥₹₽₩₺₴₪฿]|USD|EUR|GBP|CHF|JPY|CNY|INR|CAD|AUD)"
_BEFORE = re.compile(rf"^([-+]?)\s*{SIGNS}\s*([-+]?[0-9.,])")
_AFTER = re.compile(rf"([0-9.,])\s*(?:{SIGNS}|%)$")
_BRACKETED = re.compile(rf"^\(\s*({SIGNS}\s*[0-9][0-9.,' ]*|[0-9][0-9.,' ]*\s*(?:{SIGNS}|%))\s*\)$")
HARD_SPACES = "\u00a0\u202f\u2009"


def unmarked(cell: str) -> str:
    """A cell without its currency or percent sign: "$1,234" is 1,234, "(5 €)" is -5, "12 %" is 12."""
    text = cell.strip()
    for space in HARD_SPACES:
        text = text.replace(space, " ")
    text = _BRACKETED.sub(r"-\1", text)
    return _AFTER.sub(r"\1", _BEFORE.sub(r"\1\2", text))


def unmarked_sql(cell: str) -> str:
    """SQL for `unmarked` of a text cell."""
    text = f"translate({cell}, '{HARD_SPACES}', '   ')"
    for pattern, kept in ((_BRACKETED, r"-\1"), (_BEFORE, r"\1\2"), (_AFTER, r"\1")):
        text = f"regexp_replace({text}, '{pattern.pattern.replace(chr(39), chr(39) * 2)}', '{kept}')"
    return text


def sign_sql(cell: str) -> str:
    """SQL for the sign of a marked cell: "$", "€", "%"; "" where there is none."""
    return f"regexp_extract({cell}, '{SIGNS}|%')"
