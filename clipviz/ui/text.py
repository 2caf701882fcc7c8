"""User text on a page, and numbers as people read them."""

import math
import unicodedata
from datetime import UTC, datetime

_MARKDOWN = frozenset("\\`*_{}[]()<>#+-.!|~$:&@\"'^=/%")


def plain(text: object, limit: int = 80) -> str:
    """Text without control and bidirectional characters, on one line, cut to `limit` characters."""
    kept = "".join(" " if character in "\r\n\t" else character for character in str(text))
    kept = "".join(
        character for character in kept if unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs")
    )
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"


def escape(text: object, limit: int = 80) -> str:
    """User text that Streamlit's markdown shows letter by letter: no link, image, colour or emphasis."""
    return "".join(
        f"\\{character}" if character in _MARKDOWN else character for character in plain(text, limit)
    )


def number(value: float | None, digits: int = 4) -> str:
    """A number with thousands separators and sensible digits; an en dash where there is none."""
    if value is None:
        return "–"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) >= 1e7 or abs(value) < 1e-4:
        return f"{value:.{digits - 1}e}"
    return f"{value:,.{max(0, digits - 1 - math.floor(math.log10(abs(value))))}f}"


def counted(count: int, one: str, many: str = "") -> str:
    """A count with its noun: "1 row", "2,000 rows"."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def share(part: float, whole: float) -> str:
    """A share in percent, with enough digits that a few rows of many do not read as none."""
    if not whole:
        return "0 %"
    percent = 100 * part / whole
    return f"{percent:.0f} %" if percent >= 10 or percent == 0 else f"{percent:.2g} %"


def size(count: int) -> str:
    """A count of bytes in the unit that people use."""
    value = float(count)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """A moment relative to now: "just now", "3 minutes ago"."""
    if moment is None:
        return "–"
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now" if seconds < 10 else f"{int(seconds)} seconds ago"


def people(name: str) -> str:
    return escape(name or "somebody", 40)
