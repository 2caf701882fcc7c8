"""Profiles of parts become the profile of the whole: partitions may be profiled in parallel, and far apart.

One machine profiles column by column, which needs no parts; this is for tables that lie on several.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import NUMERIC, Kind
from clipviz.core.profile import ColumnProfile
from clipviz.datasets.ordered import Ordered
from clipviz.datasets.profile import of_sorted, profile_words

MOST_LEVELS = 50
WIDER: tuple[Kind, ...] = ("boolean", "integer", "number")


@dataclass(frozen=True)
class Part:
    """One column of one partition. ordered: (n,) its sorted finite values, may be memory-mapped; empty for words.
    words: how often each word occurs, all of them; empty for numbers.
    """

    known: ColumnProfile
    ordered: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    words: Mapping[str, int] = field(default_factory=dict)


def merge(parts: Sequence[Part]) -> ColumnProfile:
    """The profile of a column from those of its partitions: the very numbers, to the last bit, of the whole column.

    Counts add up. Quantiles, distances and histograms come from ranks, and a rank in the whole is the sum of the
    ranks in the parts; moments are summed over blocks cut by rank. No more than one block is in memory. A column that
    is whole numbers in one part and numbers in another is numbers. Raises ValueError for parts of different columns.
    """
    names = {part.known.name for part in parts}
    kinds: set[Kind] = {part.known.kind for part in parts}
    numeric = kinds <= set(NUMERIC)
    if len(names) != 1 or (len(kinds) != 1 and not numeric):
        raise ValueError(f"parts of one column merge, received {sorted(names)} of kinds {sorted(kinds)}")
    name = names.pop()
    count = sum(part.known.count for part in parts)
    if numeric:
        return of_sorted(
            name,
            max(kinds, key=WIDER.index),
            count,
            sum(part.known.positive_infinite for part in parts),
            sum(part.known.negative_infinite for part in parts),
            Ordered(*(part.ordered for part in parts)),
        )
    words: Counter[str] = Counter()
    for part in parts:
        words.update(part.words)
    commonest = sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_LEVELS]
    missing = sum(part.known.missing for part in parts)
    return profile_words(name, kinds.pop(), count, missing, len(words), commonest)
