"""Numbers that stand for a missing value: -999 and its like, far from everything else and repeated exactly."""

from clipviz.datasets.ordered import Ordered

CANDIDATES = (-1.0, -9.0, -99.0, -999.0, -9999.0, -99999.0, 999.0, 9999.0, 99999.0, 999999.0)
LOW = -99.0
"""A code from here down also counts where it is the only value below zero, however wide the others are spread."""


def find(ordered: Ordered) -> tuple[tuple[float, int], ...]:
    """(value, how often) of each value that looks like a code, from the outside in; they are not taken out.

    Such a value is the least or the greatest, is one of the usual codes, occurs twice at least, and lies farther from
    its neighbour than the central 98 % of the other values are wide, unless they lead up to it, as they do to a cap on
    a heavy tail; or it is -99 or less and no other is negative.
    """
    first, last = 0, len(ordered)
    found: list[tuple[float, int]] = []
    while last - first > 2:
        low = _at_the_low_end(ordered, first, last)
        high = 0 if low else _at_the_high_end(ordered, first, last)
        if low:
            found.append((ordered.at(first), low))
        elif high:
            found.append((ordered.at(last - 1), high))
        else:
            break
        first, last = first + low, last - high
    return tuple(found)


def _at_the_low_end(ordered: Ordered, first: int, last: int) -> int:
    """How often the least of the values of rank first..last occurs where it looks like a code, else 0."""
    value = ordered.at(first)
    end = ordered.rank(value, "right")
    if value not in CANDIDATES or end - first < 2 or end >= last:
        return 0
    nearest = ordered.at(end)
    count, alone = end - first, value <= LOW and nearest >= 0
    apart = 0 < _width(ordered, end, last) < nearest - value
    between = ordered.rank(_on_the_way(ordered, end, last, value), "left") - end
    return count if alone or (apart and not _leads_up(between, count)) else 0


def _at_the_high_end(ordered: Ordered, first: int, last: int) -> int:
    value = ordered.at(last - 1)
    start = ordered.rank(value, "left")
    if value not in CANDIDATES or last - start < 2 or start <= first:
        return 0
    count = last - start
    apart = 0 < _width(ordered, first, start) < value - ordered.at(start - 1)
    between = start - ordered.rank(_on_the_way(ordered, first, start, value), "right")
    return count if apart and not _leads_up(between, count) else 0


def _on_the_way(ordered: Ordered, first: int, last: int, value: float) -> float:
    """A third of the way from the median of the values of rank first..last to `value`."""
    centre = ordered.at((first + last - 1) // 2)
    return centre + (value - centre) / 3


def _leads_up(between: int, count: int) -> bool:
    """Whether a tail ends in a pile of `count` equal values: beyond a third of the way to a cap a Pareto tail of index
    0.3 has 0.4 times as many values as lie beyond the cap, a lighter one more; a code has stray outliers at most."""
    return 3 * between >= count


def _width(ordered: Ordered, first: int, last: int) -> float:
    """Of the central 98 % of the values of rank first..last."""
    share = (last - first - 1) / 100
    return ordered.at(last - 1 - int(share)) - ordered.at(first + int(share))
