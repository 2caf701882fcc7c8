"""How long a sweep will take, from runs that were timed; nothing is guessed where none was."""

import statistics
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from clipviz.core.recipe import Recipe
from clipviz.core.run import Run, State
from clipviz.core.settings import Settings
from clipviz.core.sweep import Design
from clipviz.runs.check import complete
from clipviz.store import Store

LOOK_BACK = 200
BATCH = timedelta(seconds=10)
"""Cells that were queued together were made within a moment of each other."""


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


def left(runs: Iterable[Run]) -> float | None:
    """Seconds until the last cell ends: what has ended tells how much work a second gets done, however many are
    trained together. None before the first of the newest batch has ended.
    """
    known = list(runs)
    newest = max((run.created_at for run in known), default=None)
    batch = [run for run in known if newest is not None and newest - run.created_at < BATCH]
    ended = [run for run in batch if run.state is State.FINISHED and run.started_at and run.ended_at]
    if not ended:
        return None
    going = [run for run in known if not run.state.final]
    began = min(run.started_at for run in ended if run.started_at)
    done = len(ended) + sum(run.step / run.steps for run in going if run.steps and run.state is State.RUNNING)
    remaining = sum(1 - run.step / run.steps if run.steps else 1.0 for run in going)
    return (datetime.now(UTC) - began).total_seconds() * remaining / done


def _alike(one: Recipe, other: Recipe) -> bool:
    return (one.data, one.model, one.training.batch_size) == (
        other.data,
        other.model,
        other.training.batch_size,
    )
