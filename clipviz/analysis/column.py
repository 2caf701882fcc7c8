"""One training column, sorted once: what a clamp does to it is then a matter of bisection, whatever its length."""

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipviz.analysis import clamping, extremes
from clipviz.analysis.clamping import Effect
from clipviz.analysis.sorted_moments import SortedMoments
from clipviz.core.bounds import Bounds
from clipviz.core.profile import Histogram
from clipviz.core.recipe import Choice
from clipviz.core.table import Table
from clipviz.datasets.input_columns import forget
from clipviz.datasets.profile import sort_finite
from clipviz.policies import fitting
from clipviz.policies.group_bounds import GroupBounds

Floats = NDArray[np.float64]
KEPT = 64
FEW_ROWS = 1 << 20
"""Rows up to which a column may be held in memory."""
LOOK = 1 << 17
"""Neighbouring rows that are looked at at once; a multiple of eight, since a byte of a mask is eight rows."""
SCATTERED = 1 << 11
"""Rows here and there, in their order, that are looked at at once: each brings pages of every map into memory."""


class TrainingColumn:
    """The training values of one numeric column of a table; a slow twin of each answer is in `clamping`.

    Sorting takes a tenth of a second for a million values, and none where the table has them sorted; after that the
    effect and the histogram of any bounds are exact in well under a millisecond for ten million: ranks by bisection,
    and moments of what stays inside from sums of powers kept for every 4,096 values. What was fitted for a choice is
    kept as well.
    """

    def __init__(self, table: Table, column: str) -> None:
        self._table, self._place = table, clamping.position(table, column)
        self.rows = len(table.train)
        self.positive = self.negative = 0
        for values in self.blocks():
            self.positive += int(np.isposinf(values).sum())
            self.negative += int(np.isneginf(values).sum())
        self.ordered: Floats = table.ordered[self._place] if table.ordered else sort_finite(self.values)
        self.missing = self.rows - len(self.ordered) - self.positive - self.negative
        self._sorted = SortedMoments(self.ordered)
        self._fitted: dict[str, Bounds] = {}
        self._mask: tuple[Bounds, NDArray[np.uint8]] | None = None

    @property
    def values(self) -> Floats:
        """(N,) raw values; those of the last two columns that were asked are kept, when they are not large."""
        return _values(self) if self.rows <= FEW_ROWS else self.gather()

    def gather(self) -> Floats:
        """(N,) raw values, from the table."""
        gathered, at = np.empty(self.rows), 0
        for values in self.blocks():
            gathered[at : at + len(values)] = values
            at += len(values)
        return gathered

    def blocks(self) -> Iterator[Floats]:
        """The raw values in the order of the training rows, some at a time: a map of a file stays on disk."""
        column = self._table.inputs[:, self._place]
        for start in range(0, self.rows, LOOK):
            rows = self._table.train[start : start + LOOK]
            yield np.asarray(column[rows], dtype=np.float64)
            forget(self._table.inputs)
            forget(self._table.train)

    def at(self, places: NDArray[np.int64]) -> Floats:
        """(M,) raw values of some training rows, by their position among these."""
        return self._looked_up(self._table.inputs[:, self._place], places)

    def targets(self, places: NDArray[np.int64]) -> Floats:
        """(M,) targets of some training rows, by their position among these."""
        return self._looked_up(self._table.target, places)

    def at_ranks(self, ranks: NDArray[np.int64]) -> Floats:
        """(M,) finite values by their rank, 0 the least."""
        found = np.empty(len(ranks))
        for start in range(0, len(ranks), SCATTERED):
            found[start : start + SCATTERED] = self.ordered[ranks[start : start + SCATTERED]]
            forget(self.ordered)
        return found

    def _looked_up(self, values: NDArray[Any], places: NDArray[np.int64]) -> Floats:
        """(M,) of values (N,) of all rows, those of some training rows."""
        found, order = np.empty(len(places)), np.argsort(places)
        for start in range(0, len(places), SCATTERED):
            some = order[start : start + SCATTERED]
            found[some] = values[self._table.train[places[some]]]
            self.let_go()
        return found

    def fit(self, choice: Choice) -> Bounds:
        """Bounds under a policy; raises InvalidRecipe."""
        key = choice.model_dump_json()
        if key not in self._fitted:
            if len(self._fitted) >= KEPT:
                self._fitted.clear()
            lean = self.rows > FEW_ROWS and not choice.fields().get("by")
            if lean and fitting.by_rank(choice):
                self._fitted[key] = fitting.fit_sorted(self._table, choice, self.ordered)
            else:
                self._fitted[key] = fitting.fit(self._table, choice, self._finite() if lean else self.values)
            self.let_go()
        return self._fitted[key]

    def let_go(self) -> None:
        """Gives the pages of maps that were looked at back to the system; they return from its cache when asked for.
        Of a search through a map a sixteenth of it stays otherwise, and of a page of searches all."""
        for mapped in (self.ordered, self._table.inputs, self._table.train, self._table.target):
            forget(mapped)

    def by_group(self, choice: Choice, bounds: Bounds) -> tuple[GroupBounds, ...]:
        """What a policy found for each group, and how sure it is; see `policies.group_bounds`."""
        return fitting.by_group(self._table, choice, self.values, bounds)

    def _finite(self) -> Floats:
        """The finite values in the order of the training rows: all that a clamp of one pair of bounds is fitted on."""
        gathered, at = np.empty(len(self.ordered)), 0
        for values in self.blocks():
            finite = values[np.isfinite(values)]
            gathered[at : at + len(finite)] = finite
            at += len(finite)
        return gathered

    def effect(self, bounds: Bounds) -> Effect:
        """Infinities are touched by a closed side and counted; NaN never is. Soft bounds, and those of groups, are
        not a matter of rank: there every value is looked at."""
        if not self._by_rank(bounds):
            return clamping.effect(self.values, bounds, self.codes(bounds))
        below, end = self._inside(bounds)
        after = self._sorted.after(bounds, below, end)
        self.let_go()
        return Effect(
            values=len(self.ordered),
            below=below + (self.negative if bounds.lo > -np.inf else 0),
            above=len(self.ordered) - end + (self.positive if bounds.hi < np.inf else 0),
            before=self._sorted.moments,
            after=after,
            action=bounds.action,
        )

    def codes(self, bounds: Bounds) -> NDArray[np.int64] | None:
        """(N,) groups of the training rows where each has bounds of its own, else None."""
        return fitting.codes(self._table, bounds, self._table.train)

    def histogram(self, edges: Floats, bounds: Bounds = Bounds()) -> Histogram:  # noqa: B008  frozen
        """Counts between edges of the values behind the clamp, with everything outside counted too; what became
        missing or was trimmed counts as missing."""
        if not self._by_rank(bounds):
            return clamping.histogram(bounds.clamp(self.values, self.codes(bounds)), edges)
        first, end = self._inside(bounds)
        places = np.searchsorted(self.ordered, edges, "left")
        places[-1] = np.searchsorted(self.ordered, edges[-1], "right")
        self.let_go()
        places = np.clip(places, first, end)
        counts = np.diff(places)
        below, above = int(places[0]) - first, end - int(places[-1])
        moved = []
        if bounds.lo > -np.inf:
            moved.append((bounds.lo, first + self.negative))
        if bounds.hi < np.inf:
            moved.append((bounds.hi, len(self.ordered) - end + self.positive))
        gone = sum(count for _, count in moved) if bounds.action in ("missing", "trim") else 0
        for bound, count in [] if gone else moved:
            if bound < edges[0]:
                below += count
            elif bound > edges[-1]:
                above += count
            else:
                counts[min(int(np.searchsorted(edges, bound, "right")) - 1, len(counts) - 1)] += count
        return Histogram(
            edges=tuple(edges.tolist()),
            counts=tuple(counts.tolist()),
            below=below,
            above=above,
            positive_infinite=self.positive if bounds.hi == np.inf else 0,
            negative_infinite=self.negative if bounds.lo == -np.inf else 0,
            missing=self.missing + gone,
        )

    def whole_range(self) -> Floats:
        """Edges from the least to the greatest finite value."""
        if not len(self.ordered):
            return clamping.edges(0.0, 1.0)
        return clamping.edges(float(self.ordered[0]), float(self.ordered[-1]))

    def central_range(self, bounds: tuple[float, float]) -> Floats:
        """Edges around the middle 98 % of the finite values, widened to show finite bounds nearby."""
        if not len(self.ordered):
            return clamping.edges(0.0, 1.0)
        low, high = self._sorted.quantile(0.01), self._sorted.quantile(0.99)
        return clamping.widened(low, high, bounds, float(self.ordered[0]), float(self.ordered[-1]))

    def touched(self, bounds: Bounds) -> NDArray[np.uint8]:
        """Which training rows a clamp moves, a bit each, as `numpy.packbits` has them. The last answer is kept, so that
        of many columns only those that changed are looked at: it takes an eighth of a byte a row."""
        if self._mask is None or self._mask[0] != bounds:
            codes, at, masks = self.codes(bounds), 0, [np.empty(0, dtype=np.uint8)]
            for block in self.blocks():
                own = None if codes is None else codes[at : at + len(block)]
                masks.append(np.packbits(np.logical_or(*bounds.outside(block, own))))
                at += len(block)
            self._mask = bounds, np.concatenate(masks)
        return self._mask[1]

    @cached_property
    def extremes(self) -> NDArray[np.int64]:
        """See `clamping.extreme_rows`."""
        if self.rows <= FEW_ROWS:
            return clamping.extreme_rows(self._table, self._table.features[self._place].name)
        found = extremes.farthest(self.ordered, self.blocks(), clamping.EXTREMES)
        rows = np.asarray(self._table.train[found])
        self.let_go()
        return rows

    @staticmethod
    def _by_rank(bounds: Bounds) -> bool:
        return bounds.plain or (not bounds.groups and bounds.action in ("missing", "trim"))

    def _inside(self, bounds: Bounds) -> tuple[int, int]:
        """Ranks of the first value that is not below the bounds, and of the first above."""
        return (
            int(np.searchsorted(self.ordered, bounds.lo, "left")),
            int(np.searchsorted(self.ordered, bounds.hi, "right")),
        )


@lru_cache(maxsize=2)
def _values(column: TrainingColumn) -> Floats:
    return column.gather()


def rows_touched(columns: list[tuple[TrainingColumn, Bounds]]) -> int:
    """How many training rows the clamps of all columns touch, each row counted once."""
    masks = [column.touched(bounds) for column, bounds in columns if not bounds.open]
    if not masks:
        return 0
    together = masks[0].copy()
    for mask in masks[1:]:
        together |= mask
    return int(np.bitwise_count(together).sum())
