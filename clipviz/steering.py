"""Pausing, resuming, cancelling and extending a sweep, or a run, by its id; for notebooks and the CLI."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clipviz.core.errors import InvalidRecipe, NotFound
from clipviz.core.run import Request
from clipviz.core.sweep import Standing
from clipviz.facade import Swept, axes, ended
from clipviz.given import check_metric
from clipviz.home import home, me


class Asked(BaseModel):
    """What was asked, and of how many runs that had not ended."""

    model_config = ConfigDict(frozen=True)

    id: str
    request: Request = Field(description="run: to go on.")
    runs: int


def ask(id: str, request: Request) -> Asked:
    """Ask a sweep, or a single run, to pause, to stop, or to run on; a runner that is awake heeds it.

    Raises NotFound where the id is of neither, Conflict where a run has ended already.
    """
    from clipviz.runs import submit as runs
    from clipviz.runs.sweeps import submit as sweeps

    with home() as (settings, store):
        try:
            store.sweeps.get(id)
        except NotFound:
            runs.ask(store, settings, id, request, me())
            return Asked(id=id, request=request, runs=1)
        return Asked(id=id, request=request, runs=sweeps.ask(store, settings, id, request, me()))


def extend(
    sweep: str,
    seeds: int = 0,
    vary: Mapping[str, Sequence[Any]] | None = None,
    families_alone: bool = False,
    metric: str | None = None,
    margin: float | None = None,
    tell: Callable[[Standing, float | None], None] | None = None,
) -> Swept:
    """Train more of a sweep, here and now: so many further seeds, values of fields that vary already, or arms with the
    clips of one family alone; and runs that somebody deleted. What has ended is kept, and counts in the new verdict.

    Raises NotFound, InvalidRecipe where nothing would be new, Conflict where somebody else changed it meanwhile.
    """
    from clipviz.runs.sweeps import foreground, submit

    with home() as (settings, store):
        seen = store.sweeps.get(sweep)
        dataset = store.datasets.get(seen.dataset, include_deleted=True)
        check_metric(metric, seen.design.recipe, dataset, settings)
        first, there = max(seen.seeds) + 1, len(store.sweeps.runs(sweep))
        try:
            values = axes(vary or {})
        except ValidationError as error:
            raise InvalidRecipe("Values of a field must be a list", repr(vary), "Name some") from error
        more = submit.extend(
            store, settings, seen, me(), range(first, first + seeds), values, families_alone, awake=False
        )
        if more.design == seen.design and len(store.sweeps.runs(sweep)) == there:
            raise InvalidRecipe("An extension must add something", sweep, "Give seeds, values or families")
        standing = foreground.train_here(store, settings, more, me(), tell)
        return ended(store, settings, more, standing, metric, margin)
