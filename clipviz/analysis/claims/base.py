"""What a published claim declares: its numbers, their source, its data, and the sweep that reruns it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from clipviz.core.dataset import Dataset
from clipviz.core.discovery import discover
from clipviz.core.errors import NotFound
from clipviz.core.recipe import Recipe
from clipviz.core.sweep import Design, Vary

GUIDE = (
    "A widely read blog guide to clamping, whose soft clip and gate the Lab shows as traps "
    "(its address is not on record)"
)
"""The source of most claims, as far as it is known: it is quoted, but cannot be linked."""
SEEDS = 10


class Figure(BaseModel):
    """A number that is claimed without and with the clip, in the metric's own unit. said: as it was published."""

    model_config = ConfigDict(frozen=True)

    metric: str
    before: float
    after: float
    said: str


class Claim(BaseModel, ABC):
    """A claim, and how it is rerun.

    said: what is claimed, in words. figures: its numbers; () where none are published, and then `metrics` say what
    is measured. data: the public data set, by its name in `datasets.named`. remark: what the rerun does otherwise,
    or cannot show. vary: what the sweep varies; without any the recipe meets itself without its clips.
    """

    model_config = ConfigDict(frozen=True)

    title: ClassVar[str]
    said: ClassVar[str]
    source: ClassVar[str]
    data: ClassVar[str]
    figures: ClassVar[tuple[Figure, ...]] = ()
    measured: ClassVar[tuple[str, ...]] = ()
    remark: ClassVar[str] = ""
    vary: ClassVar[tuple[Vary, ...]] = ()

    epochs: int | None = Field(
        None, ge=1, description="Passes over the training rows; None: the claim's own."
    )

    @property
    def metrics(self) -> tuple[str, ...]:
        """What it is judged by, the first one foremost."""
        return tuple(figure.metric for figure in self.figures) or self.measured

    @abstractmethod
    def recipe(self, dataset: Dataset) -> Recipe:
        """The recipe with the clip."""

    def design(self, dataset: Dataset, seeds: Sequence[int] = range(SEEDS)) -> Design:
        """The sweep that reruns it on this data."""
        recipe = self.recipe(dataset)
        if self.epochs is not None:
            recipe = recipe.replace("training.epochs", self.epochs)
        return Design(recipe=recipe, vary=self.vary, seeds=tuple(seeds), metric=self.metrics[0])

    def is_rerun(self, design: Design, dataset: Dataset) -> bool:
        """Whether a sweep of this design measures this claim, whatever its seeds are."""
        own = self.design(dataset, design.seeds)
        return design == own.model_copy(update={"recipe": design.recipe, "metric": design.metric}) and _alike(
            design.recipe, own.recipe
        )


def _alike(one: Recipe, other: Recipe) -> bool:
    """Whether two recipes differ by nothing but device and seed."""
    at = {"device": "auto", "seed": 0}
    return one.model_copy(update=at) == other.model_copy(update=at)


def claims() -> dict[str, Claim]:
    """Every claim by its id."""
    return {id: cls() for id, cls in discover("clipviz.analysis.claims").items()}


def claim(id: str) -> Claim:
    """One claim; raises NotFound."""
    known = claims()
    if id not in known:
        raise NotFound("A claim is called by its id", repr(id), f"Pick one of {', '.join(known)}")
    return known[id]
