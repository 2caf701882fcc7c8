"""Trains a run here and now, for a terminal or a notebook, and for everybody to see."""

import threading

from clipviz.core.errors import ClipvizError
from clipviz.core.run import Run, Sink
from clipviz.core.settings import Settings
from clipviz.runs.reporter import whoami
from clipviz.runs.worker import work
from clipviz.store import Store


def train_here(
    store: Store, settings: Settings, recipe: str, name: str, who: str, watch: Sink | None = None
) -> Run:
    """Submit a run of a saved recipe that belongs to this process, and train it with the code of every worker.

    Ctrl-C stops the run and keeps its result; a second one leaves it to a runner, with its checkpoint. A
    process that dies here leaves it to its lease. Raises NotFound, StoreUnavailable.
    """
    run = store.runs.submit(recipe, name, who, owner=whoami(), lease_seconds=settings.lease_seconds)
    interrupted = threading.Event()
    troubles: list[BaseException] = []

    def training() -> None:
        try:
            work(run, settings, store, interrupted, watch)
        except ClipvizError as trouble:
            troubles.append(trouble)

    thread = threading.Thread(target=training, name=f"run {run.id}")
    thread.start()
    asked = False
    while thread.is_alive():
        try:
            thread.join(0.1)
        except KeyboardInterrupt:
            if asked:
                interrupted.set()
            asked = True
            _stop(store, run, who)
    if troubles:
        raise troubles[0]
    return store.runs.get(run.id)


def _stop(store: Store, run: Run, who: str) -> None:
    try:
        store.runs.ask(run.id, "stop", who)
    except ClipvizError:
        return  # it has just ended by itself, or the store is away: the second Ctrl-C needs neither
