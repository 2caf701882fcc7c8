"""What is known of a column in numbers."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from clipviz.core.dataset import Kind
from clipviz.core.recipe import Choice

QUANTILES = (0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999)
Pattern = Literal[
    "fine as it is",
    "discrete",
    "zero-inflated",
    "bimodal",
    "heavy right tail",
    "heavy left tail",
    "heavy tails",
    "a few outliers",
    "a code for missing?",
]


class Histogram(BaseModel):
    """Counts between edges, and everything that lies outside: nothing is dropped in silence.

    edges: B + 1 ascending values; counts: B integers, the last bin closed on the right.
    below, above: finite values outside the edges (the overflow bins).
    """

    model_config = ConfigDict(frozen=True)

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    below: int = 0
    above: int = 0
    positive_infinite: int = 0
    negative_infinite: int = 0
    missing: int = 0


class Tails(BaseModel):
    """How fast each tail thins out: Hill's estimate of the exponent a in P(|X - median| > d) ~ d^-a.

    Made from the k values farthest from the median on that side; None where there are not enough of them. Below 4
    the fourth moment does not exist, below 2 the variance does not. Hill (1975), Annals of Statistics 3(5).
    """

    model_config = ConfigDict(frozen=True)

    lower: float | None = None
    upper: float | None = None
    k: int = 0


class Suggestion(BaseModel):
    """An input clamp worth trying on a column, and why; the policy `none` says to leave it alone."""

    model_config = ConfigDict(frozen=True)

    pattern: Pattern
    policy: Choice
    reason: str


class ColumnProfile(BaseModel):
    """One column. `count` = rows; missing counts empty cells and NaN; moments and quantiles are of finite values."""

    model_config = ConfigDict(frozen=True)

    name: str
    kind: Kind
    count: int
    missing: int
    positive_infinite: int = 0
    negative_infinite: int = 0
    distinct: int = 0
    zeros: int = 0
    negatives: int = 0
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    std: float | None = None
    skewness: float | None = None
    kurtosis: float | None = None
    mad: float | None = None
    quantiles: dict[str, float] = {}
    histogram: Histogram | None = None
    log_histogram: Histogram | None = None
    """On edges that grow by a constant factor, away from zero on both sides where there are negatives."""
    tails: Tails | None = None
    suggestion: Suggestion | None = None
    codes: tuple[tuple[float, int], ...] = ()
    """(value, how often) of values that look like codes for a missing one, such as -999; they count as numbers."""
    levels: tuple[tuple[str, int], ...] = ()
    """Most frequent values of a category, boolean or text column, with counts (at most 50)."""


class ChannelProfile(BaseModel):
    """The values of one channel over all images. name: grey, red, green or blue."""

    model_config = ConfigDict(frozen=True)

    name: str
    minimum: int
    maximum: int
    mean: float
    std: float
    zeros: int
    histogram: Histogram


class ImageProfile(BaseModel):
    """A pile of images. classes: (label, images), most frequent first, all of them; "" where there is none.
    sizes: (height, width, images) as the files had them, commonest first. notes: what was done to them, in words.
    """

    model_config = ConfigDict(frozen=True)

    channels: tuple[ChannelProfile, ...]
    classes: tuple[tuple[str, int], ...]
    sizes: tuple[tuple[int, int, int], ...] = ()
    notes: tuple[str, ...] = ()
