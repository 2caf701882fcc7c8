"""Trains a sweep here and now, for a terminal or a notebook, and for everybody to see."""

import threading
from collections.abc import Callable
from functools import partial

from clipviz.core.settings import Settings
from clipviz.core.sweep import Standing, Sweep
from clipviz.runs.foreground import heed
from clipviz.runs.patience import persist
from clipviz.runs.reporter import whoami
from clipviz.runs.rows import SharedRows
from clipviz.runs.sweeps import estimate
from clipviz.runs.sweeps.advance import advance
from clipviz.runs.together import MOST, work_together
from clipviz.store import Store

Tell = Callable[[Standing, float | None], None]
"""Told after each run: how far the sweep is, and how many seconds it may still take."""


def train_here(
    store: Store, settings: Settings, sweep: Sweep, who: str, tell: Tell | None = None
) -> Standing:
    """Train the runs of a sweep that wait, program by program; a runner that is awake takes its share.

    Returns once all have ended, those in other processes included. Ctrl-C stops the sweep and keeps what has
    ended; a second one leaves it to a runner. Raises StoreUnavailable.
    """
    heed(
        lambda interrupted: _train(store, settings, sweep, interrupted, tell),
        lambda: store.sweeps.ask(sweep.id, "stop", who),
    )
    return Standing.of(store.sweeps.runs(sweep.id))


def _train(
    store: Store, settings: Settings, sweep: Sweep, interrupted: threading.Event, tell: Tell | None
) -> None:
    shared = SharedRows(settings)
    alone = settings.model_copy(update={"slots": 1})

    def told() -> Standing:
        runs = persist(lambda: store.sweeps.runs(sweep.id))
        standing = Standing.of(runs)
        if tell is not None:
            tell(standing, estimate.left(runs))
        return standing

    while not interrupted.is_set():
        run = persist(lambda: store.runs.claim_cell(whoami(), settings.lease_seconds, sweep=sweep.id))
        if run is not None and run.program is not None:
            claim = partial(store.runs.claim_program, whoami(), settings.lease_seconds, run.program, MOST)
            work_together([run, *persist(claim)], settings, store, interrupted, shared.load, told)
        standing = Standing.of(persist(lambda: store.sweeps.runs(sweep.id))) if run is not None else told()
        if persist(lambda: _goes_on(store, alone, sweep.id)):
            continue
        if standing.over or standing.paused:
            return
        if run is None:
            interrupted.wait(0.2)


def _goes_on(store: Store, settings: Settings, id: str) -> bool:
    """Whether a sweep that chooses as it goes had something to decide, which is done then."""
    return advance(store, settings, store.sweeps.get(id))
