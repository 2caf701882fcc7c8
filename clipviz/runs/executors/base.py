"""What the runner asks of an executor, and of each run that it has started."""

from typing import Protocol

from clipviz.core.run import Run
from clipviz.core.settings import Settings


class Job(Protocol):
    """One run in the hands of an executor."""

    run: Run

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
