"""What every input clamp is: a rule that sets limits, and how they are used, which is the same for all."""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from clipviz.core.bounds import Action, Bounds, Floats
from clipviz.core.moments import moments
from clipviz.policies.policy import Policy, extra

OPEN = float("inf")


class Groups(NamedTuple):
    """The level of each row in a category column: codes (N,), -1 for none of the levels 0..levels-1."""

    codes: NDArray[np.int64]
    levels: int


class InputClamp(Policy, ABC):
    """y = min(max(x, lo), hi): gradient 1 inside [lo, hi], 0 outside; NaN stays NaN, infinities land on a
    bound.
    """

    gradient: ClassVar[str] = (
        r"\frac{\partial y}{\partial x} = 1 \text{ for } lo \le x \le hi \text{, 0 outside and at NaN}"
    )

    @abstractmethod
    def fit(self, values: Floats, groups: Groups | None = None) -> Bounds:
        """Bounds from the training rows (N,) of one column; NaN and infinities are left out.

        groups: the rows' levels in the category column that the policy goes by; ignored where it goes by none.
        """


class SidedClamp(InputClamp):
    """A clamp that may leave a side open, and may do something else than clamp with what lies beyond."""

    sides: Literal["both", "upper", "lower"] = Field(
        "both",
        title="Sides",
        description="Which tails to clamp; the other side stays open.",
        json_schema_extra=extra("", "both", "upper", "lower"),
    )
    action: Action = Field(
        "clamp",
        title="A value beyond",
        description="clamp: takes the bound. soft: comes near it, rounded off. missing: counts as missing and is "
        "imputed. trim: its row leaves the training rows; other rows keep their values.",
        json_schema_extra=extra("", "clamp", "soft", "missing", "trim"),
    )
    softness: float = Field(
        0.1,
        gt=0,
        le=10,
        title="Softness",
        description="Width over which a soft bound is rounded off; the other actions do not use it.",
        json_schema_extra=extra("standard deviations of the clamped column", 0.05, 0.1, 0.3, advanced=True),
    )
    indicators: bool = Field(
        False,
        title="Indicator columns",
        description="Tells the network in two more columns of 0 and 1 which values were below and which above.",
        json_schema_extra=extra("", False, True, advanced=True),
    )

    def used(self, found: Bounds, values: Floats) -> Bounds:
        """Limits of both sides, as this policy uses them."""
        width = 0.0
        if self.action == "soft":
            finite = values[np.isfinite(values)]
            clamped = np.minimum(np.maximum(finite, found.lo), found.hi)
            width = self.softness * moments(clamped).std if finite.size else 0.0
        return replace(
            found,
            lo=found.lo if self.sides != "upper" else -OPEN,
            hi=found.hi if self.sides != "lower" else OPEN,
            groups=tuple(
                (lo if self.sides != "upper" else -OPEN, hi if self.sides != "lower" else OPEN)
                for lo, hi in found.groups
            ),
            action=self.action,
            width=width,
            indicators=self.indicators,
        )


class FittedClamp(SidedClamp):
    """A clamp whose limits come from the values: of all rows, or group by group."""

    by: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        title="Group-wise by",
        description="A category column among the inputs: each of its levels gets limits of its own; rows of an "
        "unseen or missing level take those of all rows. Empty: one pair of limits.",
        json_schema_extra=extra("", None, advanced=True) | {"options": "categories"},
    )
    shrinkage: float = Field(
        30.0,
        ge=0,
        le=1_000_000,
        title="Shrinkage of groups",
        description="With n rows of its own a group's limits count n / (n + shrinkage), those of all rows the rest.",
        json_schema_extra=extra("rows", 0.0, 30.0, 100.0, advanced=True),
    )

    @field_validator("by", mode="before")
    @classmethod
    def _nothing_is_none(cls, by: object) -> object:
        return None if by == "" else by

    @property
    def shares(self) -> tuple[float, float] | None:
        """The quantiles of the population that the two bounds stand for; None where they are none."""
        return None

    def weight(self, rows: int) -> float:
        """What a group's own limits count, with so many rows of its own; those of all rows count the rest."""
        return rows / (rows + self.shrinkage)

    def fit(self, values: Floats, groups: Groups | None = None) -> Bounds:
        whole = self._of(values)
        if self.by is None or groups is None:
            return self.used(whole, values)
        pairs, fallen = [], 0
        for level in range(groups.levels):
            members = values[groups.codes == level]
            pair = self._shrunk(self._of(members), whole, int(np.isfinite(members).sum()))
            fallen += pair is None
            pairs.append(pair or (whole.lo, whole.hi))
        said = f"{fallen:,} of {groups.levels:,} groups have no spread of their own: limits of all rows"
        note = "; ".join(filter(None, (whole.note, said if fallen else "")))
        return self.used(replace(whole, note=note, by=self.by, groups=tuple(pairs)), values)

    def fit_sorted(self, ordered: Floats) -> Bounds:
        """What `fit` gives of finite values (N,), ascending, to the bit; bounds that are order statistics are looked
        up, so that a map of a file stays on disk."""
        alone = self.by is None and self.action != "soft"
        if self.shares is None or not alone or not len(ordered) or ordered[0] == ordered[-1]:
            return self.fit(ordered)
        if _exponent(float(ordered[0]), float(ordered[-1])):
            return self.fit(ordered)
        return self.used(self.limits_of_sorted(ordered), ordered)

    def limits_of_sorted(self, ordered: Floats) -> Bounds:
        """As `limits`, of ascending values."""
        return self.limits(ordered)

    def _of(self, values: Floats) -> Bounds:
        """Limits of both sides of some rows, in the column's own units."""
        there = np.isfinite(values)
        finite = values if there.all() else values[there]  # no copy where nothing is left out
        if finite.size == 0:
            return Bounds(note="no finite value in the training rows: left open")
        if finite.min() == finite.max():
            return Bounds(note="every finite value is the same: left open")
        return self.spread(finite)

    def spread(self, finite: Floats) -> Bounds:
        """Limits of at least two different finite values, whatever their scale."""
        # By a power of two, thus exactly, and no further than needed for multiples of huge or tiny values to
        # stay in range: beside a huge sentinel ordinary values must not become the same.
        exponent = _exponent(float(finite.min()), float(finite.max()))
        found = self.limits(np.ldexp(finite, -exponent) if exponent else finite)
        with np.errstate(over="ignore"):
            return replace(
                found, lo=float(np.ldexp(found.lo, exponent)), hi=float(np.ldexp(found.hi, exponent))
            )

    @abstractmethod
    def limits(self, values: Floats) -> Bounds:
        """Both bounds of at least two different finite values, the largest of size 2**-1000 to 2**1000; must not
        depend on their scale.
        """

    def _shrunk(self, own: Bounds, whole: Bounds, rows: int) -> tuple[float, float] | None:
        """A group's limits drawn towards those of all rows; None where the group has none of its own."""
        if own.open:
            return None
        share = self.weight(rows)
        pair = tuple(
            _between(mine, theirs, share) for mine, theirs in ((own.lo, whole.lo), (own.hi, whole.hi))
        )
        return (pair[0], pair[1]) if pair[0] < pair[1] else None


def _exponent(least: float, most: float) -> int:
    """The power of two by which values of that range are to be divided."""
    size = int(np.frexp(max(-least, most))[1])
    return size - min(max(size, -1000), 1000)


def _between(mine: float, theirs: float, share: float) -> float:
    """share * mine + (1 - share) * theirs; the finite one where only one is."""
    if mine == theirs or not np.isfinite(theirs):
        return mine
    return share * mine + (1 - share) * theirs if np.isfinite(mine) else theirs
