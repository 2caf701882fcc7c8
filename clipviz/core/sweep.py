"""A sweep: what varies, over which seeds, and what has become of its runs."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from clipviz.core.metric import METRICS
from clipviz.core.recipe import Part, Recipe
from clipviz.core.run import Run, State
from clipviz.core.screening import Halving, Round, Rule

MOST_VALUES = 100
Seed = Annotated[int, Field(ge=0, lt=2**32)]


class Vary(Part):
    """One field of the recipe, by its dotted path, and the values that it takes."""

    path: str = Field(min_length=1, max_length=200)
    values: tuple[Any, ...] = Field(min_length=1, max_length=MOST_VALUES)


class Design(Part):
    """What a sweep trains: every combination of the values, so many of them drawn at random, or each value by itself;
    over seeds."""

    recipe: Recipe
    vary: tuple[Vary, ...] = Field((), max_length=8)
    seeds: tuple[Seed, ...] = Field(tuple(range(10)), min_length=1, max_length=1000)
    samples: int | None = Field(None, ge=1, le=10_000, description="Combinations drawn; None: all of them.")
    draw: int = Field(0, ge=0, lt=2**32, description="Seed of the draw.")
    apart: bool = Field(
        False, description="One field at a time beside the recipe itself, instead of every combination."
    )
    families_alone: bool = Field(
        False,
        description="Arms with the clips of one family alone, so that the verdict says which of several does it.",
    )
    without_clip: bool = Field(True, description="Whether arms without the clips are added.")
    choosing: Rule | None = Field(None, description="How arms leave early; None: all get all seeds.")
    metric: str | None = Field(
        None, description="What the verdict is about, said before anything is trained; None: the usual one."
    )

    @property
    def about(self) -> str | None:
        """The metric that was named beforehand, by the verdict or by the rule that chooses; None: the usual one."""
        return self.metric or (self.choosing.metric if self.choosing else None)

    @field_validator("metric")
    @classmethod
    def _is_known(cls, metric: str | None) -> str | None:
        if metric is not None and metric not in METRICS:
            raise ValueError(f"the metric must be one of {', '.join(METRICS)}")
        return metric

    @field_validator("seeds")
    @classmethod
    def _once_each(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(seeds))

    @model_validator(mode="after")
    def _leaves_seeds_alone(self) -> Self:
        paths = [each.path for each in self.vary]
        if len(set(paths)) < len(paths):
            raise ValueError("each field may vary once: put all its values into one list")
        if "seed" in paths:
            raise ValueError("the seed varies by itself: set seeds instead")
        if isinstance(self.choosing, Halving) and self.choosing.rungs[-1] >= len(self.seeds):
            raise ValueError(
                f"the last cut is after {self.choosing.rungs[-1]} seeds: take more than that in all"
            )
        return self


class Variant(Part):
    """One arm of a sweep. reference: the variant that is the same without its clips; "" for such a one.

    parts: the variants that have the clips of one of its families alone.
    """

    name: str
    recipe: Recipe
    reference: str = ""
    parts: tuple[str, ...] = ()

    def at(self, seed: int) -> Recipe:
        return self.recipe.model_copy(update={"seed": seed})


class Extension(Part):
    """Seeds that were added to a sweep later."""

    seeds: tuple[Seed, ...]
    at: datetime
    ended: int = Field(description="Runs that had ended by then, so that their verdict could be seen.")


class Sweep(BaseModel):
    """A set of runs, variants x seeds, as the store knows it."""

    model_config = ConfigDict(frozen=True)

    id: str
    dataset: str
    name: str
    design: Design
    variants: tuple[Variant, ...] = Field(
        description="As they were planned: later releases may plan otherwise."
    )
    rounds: tuple[Round, ...] = Field((), description="What was decided, where arms leave early.")
    extensions: tuple[Extension, ...] = ()
    choosing: bool = Field(False, description="Whether another round may follow once all runs have ended.")
    created_by: str = ""
    created_at: datetime
    deleted_at: datetime | None = None
    revision: int = 1

    @property
    def seeds(self) -> tuple[int, ...]:
        """All that any of its arms has, or is to have."""
        own = (*self.design.seeds, *(seed for each in self.rounds for seed in each.seeds))
        return tuple(sorted(set(own)))

    @property
    def cells(self) -> set[tuple[str, int]]:
        """By arm and seed, every run that was planned so far."""
        if not self.rounds:
            return {(arm.name, seed) for arm in self.variants for seed in self.design.seeds}
        references = {arm.name: arm.reference for arm in self.variants if arm.reference}
        return {
            (name, seed)
            for each in self.rounds
            for arm in each.arms
            for name in (arm, references.get(arm, arm))
            for seed in each.seeds
        }


class Standing(BaseModel):
    """How far a sweep is: its runs by state, and the time that those left may take."""

    model_config = ConfigDict(frozen=True)

    runs: int
    ended: int
    states: dict[State, int]

    @classmethod
    def of(cls, runs: Iterable[Run]) -> "Standing":
        states = Counter(run.state for run in runs)
        ended = sum(count for state, count in states.items() if state.final)
        return cls(runs=states.total(), ended=ended, states=dict(states))

    @property
    def over(self) -> bool:
        return self.ended == self.runs

    @property
    def paused(self) -> bool:
        """Nothing trains or waits, and something is paused."""
        going = self.states.get(State.RUNNING, 0) + self.states.get(State.QUEUED, 0)
        return going == 0 and self.states.get(State.PAUSED, 0) > 0
