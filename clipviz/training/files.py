"""Writing a file whole or not at all."""

import os
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Replaces a file atomically; a crash or a full disk at any moment leaves the old one or the new one.

    Raises OSError where it cannot be written; nothing partial stays behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
