"""How long a sweep will take, from runs that were timed; nothing is guessed where none was."""

import statistics
from collections.abc import Iterable

from clipviz.core.recipe import Recipe
from clipviz.core.run import Run, State
from clipviz.core.settings import Settings
from clipviz.core.sweep import Design
from clipviz.runs.check import complete
from clipviz.store import Store

LOOK_BACK = 200


def before(store: Store, settings: Settings, design: Design, cells: int) -> float | None:
    """Seconds that so many cells of a design take, after the median of the newest finished runs with the
    same data, model and batches, in proportion to their epochs; None where there is no such run.
    """
    wanted = complete(design.recipe)
    ended = [
        run
        for run in store.runs.list(LOOK_BACK, dataset=design.recipe.data.dataset, include_sweeps=True)
        if run.state is State.FINISHED and run.result
    ]
    timed = []
    for run in ended[:20]:
        recipe = store.recipes.get(run.recipe).recipe
        if _alike(recipe, wanted):
            timed.append(
                (run.result or {})["seconds"] * design.recipe.training.epochs / recipe.training.epochs
            )
    return statistics.median(timed) * cells / settings.slots if timed else None


def left(runs: Iterable[Run], settings: Settings) -> float | None:
    """Seconds until the last cell ends, after the median time of those that have ended; None before the first."""
    known = list(runs)
    spans = [
        (run.ended_at - run.started_at).total_seconds()
        for run in known
        if run.state is State.FINISHED and run.started_at and run.ended_at
    ]
    waiting = sum(not run.state.final for run in known)
    return statistics.median(spans) * waiting / min(settings.slots, max(1, waiting)) if spans else None


def _alike(one: Recipe, other: Recipe) -> bool:
    return (one.data, one.model, one.training.batch_size) == (
        other.data,
        other.model,
        other.training.batch_size,
    )
