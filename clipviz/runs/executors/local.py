"""Runs on this machine: one process per run, forked from a warm server."""

import contextlib
import multiprocessing
import os
import signal
import socket
import sys
from typing import Any

from clipviz.core.run import Run
from clipviz.core.settings import Settings
from clipviz.runs import worker

PRELOADED = (
    "torch",
    "pyarrow.parquet",
    "pandas",
    "safetensors.torch",
    "sqlalchemy.dialects.sqlite",
    "clipviz.datasets.table",
    "clipviz.training.loop",
    "clipviz.training.replicas.many",
    "clipviz.runs.worker",
)
"""Imported once by the server, so that a run starts in 26 ms. None of them may touch CUDA: a process that
is forked after CUDA was initialised cannot use it."""


class Local:
    """One forkserver child per run, in a process group of its own.

    A child that dies takes nothing else with it. Where there is no forkserver (Windows), children are
    spawned, which costs about two seconds a run.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        warm = "forkserver" in multiprocessing.get_all_start_methods()
        self._context: Any = multiprocessing.get_context("forkserver" if warm else "spawn")
        if warm:
            self._context.set_forkserver_preload(list(PRELOADED))
            self._warm_up()

    def _warm_up(self) -> None:
        """Wait until the server has imported everything: a run is only taken once it can start at once."""
        nothing = self._context.Process(target=_do_nothing)
        nothing.start()
        nothing.join()
        nothing.close()

    def start(self, run: Run) -> "_Child":
        """Fork a process that trains `run` and tells the store."""
        process = self._context.Process(target=worker.main, args=(run, self._settings), name=f"run {run.id}")
        process.start()
        return _Child(run, process)

    def close(self) -> None:
        """Nothing to do: the warm server ends by itself when its runner does."""


class _Child:
    """A run in a process of its own."""

    def __init__(self, run: Run, process: Any) -> None:
        self.run = run
        self.owner = f"{socket.gethostname()}:{process.pid}"
        self._process = process

    @property
    def sentinel(self) -> int:
        return int(self._process.sentinel)

    def interrupt(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGTERM)

    def kill(self) -> None:
        self._kill_group()
        self._process.kill()  # it may not have made its group yet

    def end(self) -> str:
        self._kill_group()  # what it has left behind, or the child itself when only the warm server died
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        return _in_words(code)

    def _kill_group(self) -> None:
        if sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)


def _do_nothing() -> None:
    pass


def _in_words(code: int) -> str:
    if code == 0:
        return ""
    if code > 0:
        return f"crashed, exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = "unknown"
    hint = ": somebody killed it, or memory ran out" if -code == getattr(signal, "SIGKILL", 9) else ""
    return f"crashed, signal {-code} ({name}{hint})"
