"""From where to where the sliders of the Lab go, and by which steps."""

import math
from typing import Any

from pydantic.fields import FieldInfo

STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
WIDE = 50
"""A span whose ends differ by more than this factor is walked by factors."""


def step(low: float, high: float) -> float:
    """A power of ten, at least fifty of which lie between the ends."""
    return float(10.0 ** math.floor(math.log10((high - low) / 50)))


def rounded(low: float, high: float) -> float:
    """The least end that steps lead from to round numbers."""
    return math.ceil(low / step(low, high) - 1e-9) * step(low, high)


def span(info: FieldInfo, exact: bool) -> tuple[float, float]:
    """From where to where a slider goes: over the values worth sweeping, with room at both ends unless `exact`,
    within the bounds of the field."""
    worth = [float(v) for v in (*extra(info, "sweep"), info.default) if isinstance(v, (int, float))]
    low, high = min(worth), max(worth)
    if exact:
        return low, high
    least = _limit(info, "ge", _limit(info, "gt", -math.inf))
    most = _limit(info, "le", _limit(info, "lt", math.inf))
    room = high - low or max(abs(high), 1.0)
    low = max(least, low / 4 if low > 0 else low - room)
    high = min(most, high * 2 if high > 0 else high + room)
    if _limit(info, "gt", -math.inf) == low:
        low = min(*worth, low + (high - low) / 100)
    if _limit(info, "lt", math.inf) == high:
        high = max(*worth, high - (high - low) / 100)
    return low, high


def rungs(low: float, high: float, info: FieldInfo) -> list[float]:
    """Round numbers from low to high, evenly spaced by factor, and the values worth sweeping among them."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    round_ones = [float(f"{step * 10.0**decade:.3g}") for decade in decades for step in STEPS]
    worth = [float(v) for v in (*extra(info, "sweep"), info.default) if isinstance(v, (int, float))]
    return sorted({value for value in (*round_ones, *worth) if low <= value <= high})


def _limit(info: FieldInfo, word: str, otherwise: float) -> float:
    found = (getattr(rule, word, None) for rule in info.metadata)
    return next((float(value) for value in found if value is not None), otherwise)


def extra(info: FieldInfo, name: str) -> Any:
    """What a field says besides its bounds; nothing where it says nothing."""
    return info.json_schema_extra.get(name, ()) if isinstance(info.json_schema_extra, dict) else ()
