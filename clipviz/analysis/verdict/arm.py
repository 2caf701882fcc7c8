"""An arm: one way to train, repeated over seeds; and whether arms may be compared at all."""

import math
from collections.abc import Collection, Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from clipviz.core.errors import ClipvizError


class Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Outcome(Record):
    """How one run of an arm ended."""

    metric: float | None = Field(None, description="On the raw, unclamped test rows; None where not finite.")
    validation: float | None = Field(None, description="The same metric on the validation rows.")
    constant: float | None = Field(
        None, description="What the best constant prediction reaches on the test rows."
    )
    diverged: bool = Field(False, description="Ended without a finite metric; kept, and ranked last.")
    undefined: bool = Field(
        False, description="The metric has no value on these rows, whatever is predicted: nobody's fault."
    )
    fired: dict[str, float] = Field(
        {},
        description="By family: the share of steps, rows or values that its clip changed, where it is known.",
    )
    seconds: float = 0.0
    numbers: tuple[float | None, ...] = Field(
        (),
        description="All metrics on test and validation rows: runs that agree in one may differ in others.",
    )

    @property
    def finite(self) -> bool:
        return not self.diverged and self.metric is not None and math.isfinite(self.metric)


class Arm(Record):
    """One way to train over seeds.

    rows: says which rows were learned from and judged on; arms with different ones cannot be compared. reads: what it
    reads of these rows, which may differ.
    clips: the families in which it has a clip. reference: the arm that is the same without those clips, ""
    where it is such an arm itself. added: the families whose clips are all that tells it from its reference; () where
    it differs in more, or in other clips. parts: the arms that have one of its families alone.
    scale_free: its optimiser divides by the gradient's own size, as Adam does.
    exact: a clip of it that holds nothing back changes nothing; not so for one that bends or rounds values.
    """

    name: str
    outcomes: Mapping[int, Outcome]
    clips: tuple[str, ...] = ()
    reference: str = ""
    added: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    rows: str = ""
    reads: Mapping[str, str] = {}
    scale_free: bool = False
    exact: bool = True

    def over(self, seeds: Collection[int]) -> "Arm":
        """The same arm with the runs of these seeds only."""
        kept = {seed: each for seed, each in self.outcomes.items() if seed in seeds}
        return self.model_copy(update={"outcomes": kept})

    def finite(self) -> dict[int, float]:
        return {seed: float(each.metric or 0.0) for seed, each in self.outcomes.items() if each.finite}

    def share_fired(self, family: str) -> float | None:
        """The mean share over seeds in which a clip of this family acted; None where nobody knows."""
        known = [each.fired[family] for each in self.outcomes.values() if family in each.fired]
        return sum(known) / len(known) if known else None

    def silent(self) -> list[str]:
        """The families whose clip is known to have changed nothing."""
        return [
            family
            for family in self.clips
            if self.share_fired(family) == 0 and (self.exact or family != "activation")
        ]

    def validation(self) -> float | None:
        """The mean over the finite runs, by which arms are chosen; None where there is none."""
        known = [
            each.validation for each in self.outcomes.values() if each.finite and each.validation is not None
        ]
        finite = [value for value in known if math.isfinite(value)]
        return sum(finite) / len(finite) if finite else None

    def share_diverged(self) -> float:
        return sum(each.diverged for each in self.outcomes.values()) / max(1, len(self.outcomes))


def check(arms: Sequence[Arm]) -> None:
    """Raise ClipvizError for arms that no statistics can compare."""
    names = [arm.name for arm in arms]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ClipvizError("Arms of a verdict need different names", repr(twice), "Rename one of them")
    if len({arm.rows for arm in arms}) > 1:
        raise ClipvizError(
            "Arms can only be compared on the same dataset, target, outliers and split",
            f"{len({arm.rows for arm in arms})} different ones",
            "Pick runs that differ in other fields",
        )
    lost = [arm.reference for arm in arms if arm.reference and arm.reference not in names]
    if lost:
        raise ClipvizError("An arm's reference must be an arm itself", repr(lost[0]), "Add that arm")
    if not any(arm.reference for arm in arms):
        raise ClipvizError(
            "A verdict compares at least one arm with its reference",
            f"{len(arms)} arm{'s' if len(arms) != 1 else ''} without one",
            "Add an arm without clipping, and one with",
        )
