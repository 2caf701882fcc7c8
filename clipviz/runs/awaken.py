"""Sees to it that the runner of a home is awake: a process of its own that outlives whoever started it."""

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from clipviz.core.errors import ClipvizError
from clipviz.core.settings import Settings

STARTING_SECONDS = 10.0
"""For so long a started runner that does not hold its lock yet counts as on its way."""


def lock_of(settings: Settings) -> FileLock:
    """The lock that the one runner of a home holds while it is awake."""
    return FileLock(settings.home / "runner.lock", thread_local=False)


def log_of(settings: Settings) -> Path:
    """Where the runner and its workers write what is not for the event log: tracebacks above all."""
    return settings.home / "runner.log"


def ensure_runner(settings: Settings) -> None:
    """Start a runner unless one is awake; cheap enough to call at every submit and page view.

    Raises ClipvizError when the home cannot be written.
    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        if not _awake(settings) and not _starting(settings):
            _start_once(settings)
    except OSError as error:
        raise ClipvizError(
            "The runner cannot be started", str(error), "Check that CLIPVIZ_HOME may be written and has space"
        ) from error


def environment(settings: Settings) -> dict[str, str]:
    """The environment in which another process reads these very settings, from any folder."""
    given = settings.model_copy(update={"home": settings.home.absolute()}).model_dump(mode="json")
    package = str(Path(__file__).parents[2])
    paths = [package, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return (
        dict(os.environ)
        | {f"CLIPVIZ_{name.upper()}": str(value) for name, value in given.items() if value is not None}
        | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}
    )


def _awake(settings: Settings) -> bool:
    try:
        with lock_of(settings).acquire(timeout=0):
            return False
    except Timeout:
        return True


def _starting(settings: Settings) -> bool:
    """Whether somebody started a runner a moment ago: it takes its lock once Python has loaded it."""
    note = _pid_file(settings)
    try:
        young = time.time() - note.stat().st_mtime < STARTING_SECONDS
        return young and bool(psutil.pid_exists(int(note.read_text())))
    except (FileNotFoundError, ValueError):
        return False


def _start_once(settings: Settings) -> None:
    """Start a runner unless somebody else does at this very moment."""
    with suppress(Timeout), FileLock(settings.home / "runner.starting").acquire(timeout=0):
        if not _starting(settings):
            _start(settings)


def _start(settings: Settings) -> None:
    with log_of(settings).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "clipviz.runs"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment(settings),
            start_new_session=True,
        )
    _pid_file(settings).write_text(str(process.pid))
    # Somebody must fetch its exit status, or it stays a zombie for as long as this process lives.
    threading.Thread(target=process.wait, name="runner's end", daemon=True).start()


def _pid_file(settings: Settings) -> Path:
    return settings.home / "runner.pid"
