"""Writing a file whole or not at all."""

from pathlib import Path

import pytest

from clipviz.training.files import write


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
