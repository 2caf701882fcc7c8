"""Writing a file whole or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clipviz.training.files import sweep, write


def test_it_writes_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    write(path, b"one")
    write(path, b"two")
    assert path.read_bytes() == b"two" and len(list(path.parent.iterdir())) == 1


def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    write(path, b"one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write(path, b"two")
    assert path.read_bytes() == b"one" and len(list(tmp_path.iterdir())) == 1


def test_what_a_killed_writer_left_is_swept_away_and_nothing_else(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    left = tmp_path / f"file.{dead.pid}.new"
    others = [tmp_path / name for name in (f"file.{os.getpid()}.new", "a.new", "b.c.new", "file")]
    for path in (left, *others):
        path.write_bytes(b"half")
    sweep(tmp_path)
    assert not left.exists() and all(path.exists() for path in others)
    left.write_bytes(b"half")
    write(tmp_path / "file", b"whole")
    assert not left.exists() and (tmp_path / "file").read_bytes() == b"whole"
