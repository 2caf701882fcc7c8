"""Trains the claimed runs of one program as one, in this process."""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from clipviz.core.discovery import build
from clipviz.core.errors import ClipvizError, StaleAttempt, StoreUnavailable
from clipviz.core.recipe import Recipe
from clipviz.core.run import Run, State
from clipviz.core.settings import Settings
from clipviz.runs.heartbeat import Heartbeats
from clipviz.runs.outbox import CAPACITY_BYTES, Outboxes
from clipviz.runs.patience import persist
from clipviz.runs.reporter import Reporter
from clipviz.runs.rows import Load
from clipviz.runs.worker import REASONS, bury, in_words, work
from clipviz.store import Store

log = logging.getLogger(__name__)

MOST = 256
"""Most runs that one process takes at a time: what it has not taken, another may."""
LEAST_BYTES = 2**20
"""What a run may have waiting for the store at least, however many share the memory for it."""
FLUSH_SECONDS = 1.0
"""How often runs of a program are heard of at least: each flush is a write or two for every one of them."""


def work_together(
    runs: Sequence[Run],
    settings: Settings,
    store: Store,
    interrupted: threading.Event,
    load: Load,
    told: Callable[[], object] = lambda: None,
) -> None:
    """Train claimed runs of one program and write their ends, each as soon as it has ended.

    told: called after each end. As `worker.work` for one run: what becomes of one, or what people want of it, is its
    own affair. Raises StoreUnavailable when the store stays away; the runs then go on from their checkpoints in other
    attempts.
    """
    recipes = [persist(lambda run=run: store.recipes.get(run.recipe)).recipe for run in runs]  # type: ignore[misc]
    if any(
        getattr(build("clipviz.models", recipe.model), "weights", "fresh") != "fresh" for recipe in recipes
    ):
        for run in runs:
            work(run, settings, store, interrupted, load=load)
            told()
        return
    heartbeats = Heartbeats(store, runs, settings.lease_seconds)
    try:
        _Together(runs, recipes, settings, store, interrupted, heartbeats, told).train(load)
    finally:
        heartbeats.stop()


class _Together:
    def __init__(
        self,
        runs: Sequence[Run],
        recipes: list[Recipe],
        settings: Settings,
        store: Store,
        interrupted: threading.Event,
        heartbeats: Heartbeats,
        told: Callable[[], object],
    ) -> None:
        self._runs, self._recipes, self._settings, self._store = runs, recipes, settings, store
        self._interrupted, self._told = interrupted, told
        outboxes, share = Outboxes(store), max(LEAST_BYTES, CAPACITY_BYTES // len(runs))
        self._reporters = [
            Reporter(
                store, run, settings.lease_seconds, interrupted, pulse=pulse, outbox=outboxes.open(run, share)
            )
            for run, pulse in zip(runs, heartbeats.pulses, strict=True)
        ]
        self._going = set(range(len(runs)))
        self._trouble: StoreUnavailable | None = None

    def train(self, load: Load) -> None:
        try:
            self._train(load)
        except (StaleAttempt, StoreUnavailable):
            raise
        except (
            Exception
        ) as error:  # the process boundary: whatever it was, people must read that the runs failed
            for place in sorted(self._going):
                folder = self._settings.runs / self._runs[place].id
                self._end(place, State.FAILED, in_words(error, folder), None)
        finally:
            for place in self._going:
                self._reporters[place].silence()
        if self._trouble is not None:
            raise self._trouble

    def _train(self, load: Load) -> None:
        from clipviz.training.device import choose
        from clipviz.training.replicas.many import train_many
        from clipviz.training.replicas.member import Ended

        settings, first = self._settings, self._recipes[0]
        dataset = persist(lambda: self._store.datasets.get(self._runs[0].dataset, include_deleted=True))
        device, why = choose(settings.device if first.device == "auto" else first.device)
        for run, reporter in zip(self._runs, self._reporters, strict=True):
            reporter.event(run.step, "info", f"trains on {device} ({why})")

        def ended(place: int, how: Ended) -> None:
            if isinstance(how.error, StaleAttempt):
                log.info("run %s: %s", self._runs[place].id, how.error)
            elif isinstance(how.error, StoreUnavailable):
                self._trouble = how.error
            else:
                reason = str(how.error) if how.error else REASONS.get(how.state, "")
                self._end(place, how.state, reason, how.result)
            self._leave(place)

        train_many(
            self._recipes,
            load(dataset, first),
            self._reporters,
            device=device,
            folders=[settings.runs / run.id for run in self._runs],
            home=settings.runs / f"program-{self._runs[0].program}",
            ended=ended,
            checkpoint_seconds=settings.checkpoint_seconds,
            flush_seconds=max(settings.flush_seconds, min(FLUSH_SECONDS, 5 * settings.flush_seconds)),
            threads=settings.threads,
            resident_bytes=None if settings.resident_mb is None else settings.resident_mb * 1_000_000,
        )

    def _end(self, place: int, state: State, reason: str, result: object) -> None:
        try:
            bury(
                self._runs[place],
                self._store,
                self._reporters[place],
                self._interrupted,
                state,
                reason,
                result,  # type: ignore[arg-type]
            )
        except StaleAttempt as refusal:
            log.info("run %s: %s", self._runs[place].id, refusal)
        except StoreUnavailable as trouble:
            self._trouble = trouble
        except Exception as error:  # as in `train`, and nothing to those that train beside it
            if result is None:
                raise
            folder = self._settings.runs / self._runs[place].id
            self._end(place, State.FAILED, in_words(error, folder), None)

    def _leave(self, place: int) -> None:
        self._going.discard(place)
        with suppress(ClipvizError):
            self._reporters[place].silence()
        self._told()
