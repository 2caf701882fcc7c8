"""What the runner asks of an executor, and of each run that it has started."""

from typing import Any, Protocol

from clipviz.core.discovery import discover
from clipviz.core.errors import ClipvizError
from clipviz.core.run import Run
from clipviz.core.settings import Settings


class Job(Protocol):
    """One run after another in the hands of an executor.

    owner: who it says it is in the store, as host:pid; a process that goes on with its program trains other
    runs than the one that it was started for.
    """

    run: Run
    owner: str

    @property
    def sentinel(self) -> int:
        """A file descriptor that becomes readable at once when the job has ended, in whatever way."""

    def interrupt(self) -> None:
        """Ask for a checkpoint and the run back to the queue; returns at once."""

    def kill(self) -> None:
        """End it now, with everything that it has started."""

    def end(self) -> str:
        """Collect an ended job; "" when it ended in order, else how it died, in words."""


class Executor(Protocol):
    """Starts runs somewhere; what they do there, they say to the store."""

    def __init__(self, settings: Settings) -> None: ...

    def start(self, run: Run) -> Job:
        """Begin to train a claimed run."""

    def close(self) -> None:
        """Free what is kept warm; no job is left."""


def chosen(settings: Settings) -> type[Executor]:
    """The executor that the settings name; raises ClipvizError where there is none of that name."""
    known: dict[str, Any] = discover("clipviz.runs.executors")
    if settings.executor not in known:
        raise ClipvizError(
            f"CLIPVIZ_EXECUTOR must be one of {', '.join(known)}",
            repr(settings.executor),
            "Choose one of these",
        )
    executor: type[Executor] = known[settings.executor]
    return executor
