"""Writes to a store that may be away for a while."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from clipviz.core.errors import StoreUnavailable

Answer = TypeVar("Answer")

PATIENCE_SECONDS = 600.0
"""How long a worker that has nothing else to do waits for the store."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0


def pauses(longest: float = LONGEST_PAUSE) -> "list[float]":
    """Seconds between one try and the next, doubling up to the longest; the last one repeats."""
    lengths = [FIRST_PAUSE]
    while lengths[-1] < longest:
        lengths.append(min(lengths[-1] * 2, longest))
    return lengths


def persist(
    act: Callable[[], Answer],
    seconds: float = PATIENCE_SECONDS,
    enough: threading.Event | None = None,
) -> Answer:
    """The answer of `act`, tried again while the store is unavailable.

    Raises the last StoreUnavailable once `seconds` have passed or `enough` is set; any other error at once.
    """
    deadline = time.monotonic() + seconds
    wait = (enough or threading.Event()).wait
    lengths = pauses()
    while True:
        try:
            return act()
        except StoreUnavailable:
            length = lengths.pop(0) if len(lengths) > 1 else lengths[0]
            if time.monotonic() + length > deadline or wait(length):
                raise
