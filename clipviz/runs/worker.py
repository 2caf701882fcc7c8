"""Trains one claimed run from beginning to end, in this process."""

import contextlib
import logging
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path

import clipviz.store
from clipviz.core import memory
from clipviz.core.discovery import build
from clipviz.core.errors import ClipvizError, StaleAttempt, StoreUnavailable
from clipviz.core.run import Result, Run, Sink, State
from clipviz.core.settings import Settings
from clipviz.runs.awaken import ensure_runner
from clipviz.runs.health import with_health
from clipviz.runs.patience import persist
from clipviz.runs.reporter import Reporter, whoami
from clipviz.runs.rows import Load, SharedRows
from clipviz.store import Store

log = logging.getLogger(__name__)
REASONS = {State.STOPPED: "stopped by request", State.PAUSED: "paused by request"}
LARGE = 16 << 20
"""Columns of a large table are given back at once; what a step computes is kept for the next one."""


def main(run: Run, settings: Settings) -> None:
    """The life of a worker process: train `run`, then the rest of its program if it has one, and go after a
    checkpoint when told to or left alone.

    It is told by SIGTERM; it is left alone when its runner dies, and then sees to a new one.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(message)s")
    memory.give_back(LARGE)
    interrupted, orphaned = threading.Event(), threading.Event()
    if sys.platform != "win32":
        os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, lambda *_: interrupted.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to whoever started the runner
    threading.Thread(
        target=_watch_runner, args=(interrupted, orphaned), name="runner's end", daemon=True
    ).start()
    with persist(lambda: clipviz.store.open(settings.store_url)) as store:
        work_program(run, settings, store, interrupted)
    if orphaned.is_set():
        ensure_runner(settings)


def _watch_runner(interrupted: threading.Event, orphaned: threading.Event) -> None:
    """Block until the runner's end of a pipe closes: its death, however it died, is noticed at once."""
    runner = multiprocessing.parent_process()
    if runner is not None:
        wait([runner.sentinel])
        orphaned.set()
        interrupted.set()


def work_program(run: Run, settings: Settings, store: Store, interrupted: threading.Event) -> None:
    """Train a claimed run, or all runs of its program that wait, as one; then those that have come meanwhile, and
    further programs of its sweep while it is their turn.

    They share this warm process and their rows. Another process may take runs of the same program meanwhile. Where
    nothing of a program went well, it may be this process: its device may be gone. The others are left to a fresh one.
    """
    shared = SharedRows(settings)
    if run.program is None or run.sweep is None:
        work(run, settings, store, interrupted, load=shared.load)
        return
    from clipviz.runs.together import MOST, work_together

    mine = (whoami(), settings.lease_seconds)
    claim_further = partial(store.runs.claim_further, *mine, sweep=run.sweep)
    going: Run | None = run
    while going is not None and going.program is not None:
        claim_rest = partial(store.runs.claim_program, *mine, going.program, MOST)
        together = [going, *persist(claim_rest)]
        work_together(together, settings, store, interrupted, shared.load)
        ended = persist(partial(store.runs.many, [each.id for each in together]))
        if interrupted.is_set() or all(each.state is State.FAILED for each in ended):
            return
        claim_late = partial(store.runs.claim_cell, *mine, program=going.program)
        going = persist(claim_late) or persist(claim_further)


def work(
    run: Run,
    settings: Settings,
    store: Store,
    interrupted: threading.Event,
    watch: Sink | None = None,
    load: Load | None = None,
) -> None:
    """Train a claimed run and write its end, whatever it is, into the store.

    interrupted: once set, the run writes a checkpoint and goes back to the queue. load: where its rows come
    from, if they are shared. Raises StoreUnavailable when the store stays away for ten minutes; the run then
    goes on from its checkpoint in another attempt. Returns in silence when another attempt has taken the run.
    """
    reporter = Reporter(store, run, settings.lease_seconds, interrupted, watch)
    try:
        state, reason, result = _outcome(run, settings, store, reporter, load)
        bury(run, store, reporter, interrupted, state, reason, result)
    except StaleAttempt as refusal:
        log.info("run %s: %s", run.id, refusal)
    finally:
        reporter.silence()


def bury(
    run: Run,
    store: Store,
    reporter: Reporter,
    interrupted: threading.Event,
    state: State,
    reason: str,
    result: Result | None,
) -> None:
    """Deliver what a run has still to say and write its end; raises StaleAttempt, StoreUnavailable."""
    reporter.close()
    if result is not None:
        ended = result
        recipe = persist(lambda: store.recipes.get(run.recipe)).recipe
        result = persist(lambda: with_health(store, run.id, recipe, ended))
    if state is State.PAUSED and interrupted.is_set() and not reporter.pause_was_asked:
        persist(lambda: store.runs.release(run.id, run.attempt, "waits for a worker; its checkpoint is kept"))
    else:
        persist(lambda: store.runs.finish(run.id, run.attempt, state, reason, result))


def _outcome(
    run: Run, settings: Settings, store: Store, reporter: Reporter, load: Load | None
) -> tuple[State, str, Result | None]:
    """How training ended: state, reason in words, result. Only trouble with the store or the lease is raised."""
    try:
        return _train(run, settings, store, reporter, load)
    except (StaleAttempt, StoreUnavailable):
        raise
    except Exception as error:  # the process boundary: whatever it was, people must read that the run failed
        return State.FAILED, in_words(error, settings.runs / run.id), None


def in_words(error: Exception, folder: Path) -> str:
    """Why a run failed; the traceback of an error that nobody foresaw goes to its folder."""
    if isinstance(error, ClipvizError):
        return str(error)
    if isinstance(error, MemoryError):
        return "Out of memory. Use a smaller batch, a smaller network or fewer columns."
    place = _keep_traceback(folder)
    return f"internal error: {type(error).__name__}: {error}. Its traceback is in {place}."


def _keep_traceback(folder: Path) -> Path:
    """Write the traceback of the current exception for whoever mends it; people read a sentence."""
    place = folder / "error.log"
    with contextlib.suppress(OSError):  # a full disk may be the very error
        folder.mkdir(parents=True, exist_ok=True)
        place.write_text(traceback.format_exc(), encoding="utf-8")
    return place


def _train(
    run: Run, settings: Settings, store: Store, reporter: Reporter, load: Load | None
) -> tuple[State, str, Result | None]:
    from clipviz.runs.weights import find
    from clipviz.training.device import choose
    from clipviz.training.loop import train

    recipe = persist(lambda: store.recipes.get(run.recipe)).recipe
    dataset = persist(lambda: store.datasets.get(run.dataset, include_deleted=True))
    weights = find(settings, build("clipviz.models", recipe.model))
    device, why = choose(settings.device if recipe.device == "auto" else recipe.device)
    reporter.event(run.step, "info", f"trains on {device} ({why})")
    state, result = train(
        recipe,
        (load or SharedRows(settings).load)(dataset, recipe),
        reporter,
        device=device,
        folder=settings.runs / run.id,
        checkpoint_seconds=settings.checkpoint_seconds,
        flush_seconds=settings.flush_seconds,
        threads=settings.threads,
        weights=weights,
        resident_bytes=None if settings.resident_mb is None else settings.resident_mb * 1_000_000,
    )
    return state, REASONS.get(state, ""), result
