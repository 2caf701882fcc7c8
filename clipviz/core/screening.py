"""Sweeps that choose as they go: the rule by which arms leave early, and what it has decided so far."""

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from clipviz.core.errors import InvalidRecipe
from clipviz.core.part import Part

Stage = Literal["rung", "pilot", "screen", "race", "combine", "confirm", "stopped"]


class Halving(Part):
    """Successive halving over seeds: every run has its full length, and after each rung the worse arms get no more.

    An arm stays by its mean metric on the validation rows, over the same seeds for all; arms without the clips never
    leave. Jamieson and Talwalkar, Non-stochastic Best Arm Identification, arXiv:1502.07943, 2016.
    """

    rule: Literal["halving"] = "halving"
    rungs: tuple[Annotated[int, Field(ge=2)], ...] = Field(
        min_length=1, description="Seeds in all at each cut, ascending; the arms that are left get all seeds."
    )
    keep: float = Field(
        1 / 3, gt=0, lt=1, description="Share of the arms that stays at each cut, one at least."
    )
    metric: str | None = Field(None, description="What decides; None: the metric that verdicts prefer.")

    @model_validator(mode="after")
    def _ascends(self) -> Self:
        if list(self.rungs) != sorted(set(self.rungs)):
            raise ValueError("rungs are numbers of seeds that grow: write them like [3, 9]")
        return self

    @classmethod
    def over(cls, seeds: int, first: int = 3, keep: float = 1 / 3, metric: str | None = None) -> Self:
        """Rungs of `first` seeds, then 1 / keep times as many each, below all seeds; raises InvalidRecipe for none."""
        if first >= seeds:
            raise InvalidRecipe(
                f"Halving cuts for the first time after {first} seeds",
                f"{seeds} seeds in all",
                "Take more seeds",
            )
        rungs = [first]
        while (following := math.ceil(round(rungs[-1] / keep, 6))) < seeds:
            rungs.append(following)
        return cls(rungs=tuple(rungs), keep=keep, metric=metric)


class Search(Part):
    """Which policy for this data? A screen of the catalogue within a budget of time; see `runs.sweeps.search`."""

    rule: Literal["search"] = "search"
    seconds: float = Field(gt=0, description="The budget.")
    metric: str | None = Field(None, description="What decides; None: the metric that verdicts prefer.")


Rule = Annotated[Halving | Search, Field(discriminator="rule")]


class Round(Part):
    """One decision: who is trained on which seeds next, and who left at it.

    arms: the compared ones, the best first; the arms that they refer to are always trained beside them. seeds: what
    all of these have once the round has ended; of a confirmation, the fresh ones alone. joined: new arms, each by the
    names of those whose clips it has together.
    """

    stage: Stage
    arms: tuple[str, ...]
    seeds: tuple[int, ...]
    left: tuple[str, ...] = ()
    joined: tuple[tuple[str, ...], ...] = ()
    why: str = ""
