"""Numbers of a verdict as its sentences write them."""

import math


def pairs(count: int) -> str:
    return f"{count} paired seed{'' if count == 1 else 's'}"


def p_value(value: float | None) -> str:
    if value is None:
        return "–"
    return "< 0.0001" if value < 0.0001 else f"{value:.2g}"


def number(value: float | None) -> str:
    if value is None:
        return "–"
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}" if 1e-4 <= abs(value) < 1e7 else f"{value:.2e}"


def signed(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{'−' if value < 0 else '+' if value > 0 else ''}{number(abs(value))}"
