"""Trains a run here and now, for a terminal or a notebook, and for everybody to see."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

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
    heed(
        lambda interrupted: work(run, settings, store, interrupted, watch),
        lambda: store.runs.ask(run.id, "stop", who),
    )
    return store.runs.get(run.id)


def heed(train: Callable[[threading.Event], None], stop: Callable[[], object]) -> None:
    """Train in another thread, and listen to Ctrl-C: the first asks to stop, the second interrupts."""
    interrupted, ended = threading.Event(), threading.Event()
    troubles: list[ClipvizError] = []

    def training() -> None:
        try:
            train(interrupted)
        except ClipvizError as trouble:
            troubles.append(trouble)
        finally:
            ended.set()

    with _counted_interrupts() as interrupts:
        thread = threading.Thread(target=training, name="training")
        thread.start()
        heard = 0
        while not ended.wait(0.1):
            if len(interrupts) > heard:
                heard = len(interrupts)
                # it may just have ended by itself, or the store is away: the second Ctrl-C needs neither
                with suppress(ClipvizError):
                    stop()
            if heard > 1:
                interrupted.set()
        thread.join()
    if troubles:
        raise troubles[0]


@contextmanager
def _counted_interrupts() -> Iterator[list[int]]:
    """Collect Ctrl-C instead of raising KeyboardInterrupt, which could hit a write to the store half way.

    Only the main thread can; in others Ctrl-C is somebody else's business.
    """
    interrupts: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return
    before = signal.signal(signal.SIGINT, lambda number, frame: interrupts.append(number))
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before)
