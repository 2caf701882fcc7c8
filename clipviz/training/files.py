"""Writing a file whole or not at all."""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

ABANDONED_SECONDS = 60.0
"""Where nobody can ask whether a process lives, a file that it has not finished for so long is nobody's."""


def write(path: Path, content: bytes) -> None:
    """Replaces a file atomically; a crash or a full disk at any moment leaves the old one or the new one.

    Raises OSError where it cannot be written; nothing partial stays behind, of an earlier writer that was killed
    neither.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path.parent)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Removes what writers that are dead left unfinished in a folder."""
    for left in folder.glob("*.*.new"):
        with suppress(OSError, ValueError):
            if not _being_written(left, int(left.suffixes[-2][1:])):
                left.unlink(missing_ok=True)


def _being_written(fresh: Path, process: int) -> bool:
    if sys.platform == "win32":  # where signal 0 is Ctrl-C
        return time.time() - fresh.stat().st_mtime < ABANDONED_SECONDS
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
