"""Histograms of sorted values: edges that show the middle or every magnitude, and bins for what lies outside."""

import numpy as np
from numpy.typing import NDArray

from clipviz.core.profile import Histogram
from clipviz.datasets.ordered import Ordered

Floats = NDArray[np.float64]
BINS = 60
MOST_UNIT_BINS = 64
MIDDLE = (0.005, 0.995)
WIDENED = 0.25
MAGNITUDES = 1e12
"""Of a logarithmic axis: values smaller than the largest by more than this factor lie in the bin around zero."""


def linear(ordered: Ordered, missing: int = 0, positive: int = 0, negative: int = 0) -> Histogram:
    """Counts between edges that show the middle of the data; the tails go to the overflow bins, nothing is lost.

    Edges reach from the 0.5 % to the 99.5 % quantile and a quarter of that range further, never past the extremes.
    A column of few whole numbers gets one bin for each.
    """
    return on_edges(ordered, linear_edges(ordered), missing, positive, negative)


def logarithmic(ordered: Ordered, missing: int = 0, positive: int = 0, negative: int = 0) -> Histogram | None:
    """Counts between edges that grow by a constant factor; None where all values share one magnitude.

    Where there are negative values the edges grow away from zero on both sides and the middle bin holds zero; else
    zeros lie below the first edge and are counted there.
    """
    edges = logarithmic_edges(ordered)
    return None if edges is None else on_edges(ordered, edges, missing, positive, negative)


def on_edges(
    ordered: Ordered, edges: Floats, missing: int = 0, positive: int = 0, negative: int = 0
) -> Histogram:
    """Exact counts of sorted values between ascending edges (B + 1,), the last bin closed on the right."""
    places = ordered.ranks(edges, "left")
    places[-1] = ordered.rank(float(edges[-1]), "right")
    return Histogram(
        edges=tuple(edges.tolist()),
        counts=tuple(np.diff(places).tolist()),
        below=int(places[0]),
        above=len(ordered) - int(places[-1]),
        positive_infinite=positive,
        negative_infinite=negative,
        missing=missing,
    )


def add(first: Histogram, second: Histogram) -> Histogram:
    """The histogram of both, exactly; raises ValueError when their edges differ."""
    if first.edges != second.edges:
        raise ValueError("histograms add up on the same edges only")
    return Histogram(
        edges=first.edges,
        counts=tuple(a + b for a, b in zip(first.counts, second.counts, strict=True)),
        below=first.below + second.below,
        above=first.above + second.above,
        positive_infinite=first.positive_infinite + second.positive_infinite,
        negative_infinite=first.negative_infinite + second.negative_infinite,
        missing=first.missing + second.missing,
    )


def linear_edges(ordered: Ordered) -> Floats:
    """(B + 1,) strictly ascending edges."""
    low, high = ordered.least, ordered.most
    if low == high:
        half = max(0.5, abs(low) * 1e-6)
        return np.array([max(low - half, -np.finfo(float).max), min(high + half, np.finfo(float).max)])
    if high - low < MOST_UNIT_BINS and abs(low) < 2**40 and _whole(ordered):
        return np.arange(low - 0.5, high + 1.0, 1.0)
    first, last = ordered.quantile(MIDDLE[0]), ordered.quantile(MIDDLE[1])
    if first < last:
        margin = WIDENED * (last / 2 - first / 2) * 2
        low, high = max(low, first - margin), min(high, last + margin)
    share = np.linspace(0.0, 1.0, BINS + 1)
    edges = np.unique(low * (1 - share) + high * share)
    return edges if len(edges) > 1 else np.array([low, high])


def logarithmic_edges(ordered: Ordered) -> Floats | None:
    """(B + 1,) strictly ascending edges, or None."""
    most = max(abs(ordered.least), abs(ordered.most))
    if most == 0:
        return None
    least = max(_smallest_magnitude(ordered), most / MAGNITUDES)
    if most / least < 10:
        return None
    signed = ordered.least < 0
    side = np.exp(np.linspace(np.log(least), np.log(most), (BINS // 2 if signed else BINS) + 1))
    side[0], side[-1] = least, most
    return np.unique(np.concatenate([-side[::-1], side])) if signed else np.unique(side)


def _whole(ordered: Ordered) -> bool:
    return all(bool(np.all(block == np.floor(block))) for block in ordered.blocks())


def _smallest_magnitude(ordered: Ordered) -> float:
    """Of the values that are not zero."""
    below, above = ordered.rank(0.0, "left"), ordered.rank(0.0, "right")
    sizes = [abs(ordered.at(below - 1))] if below else []
    sizes += [ordered.at(above)] if above < len(ordered) else []
    return min(sizes)
