"""How far a reading process is: it says so in a small file that whoever started it looks at."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

OFTEN = 0.1


class Progress(NamedTuple):
    """done of total, in the unit that `doing` names ("reading" counts bytes)."""

    done: int
    total: int
    doing: str


Listener = Callable[[Progress], None]


class _Spoken:
    """Where this process tells its progress; nowhere until it is told."""

    place: Path | None = None
    at = 0.0


def tell_in(place: Path) -> None:
    """From now on this process tells its progress in the file at `place`."""
    _Spoken.place = place


def say(done: int, total: int, doing: str) -> None:
    """Tell how far this process is; at most ten times a second, and nothing where nobody asked."""
    now = time.monotonic()
    if _Spoken.place is None or (now - _Spoken.at < OFTEN and done < total):
        return
    _Spoken.at = now
    part = _Spoken.place.with_suffix(".part")
    part.write_text(json.dumps([done, total, doing]), encoding="utf-8")
    os.replace(part, _Spoken.place)  # noqa: PTH105  the reader sees a whole line or the one before


def heard(place: Path) -> Progress | None:
    """What another process told last in the file at `place`."""
    try:
        return Progress(*json.loads(place.read_bytes()))
    except FileNotFoundError:
        return None
