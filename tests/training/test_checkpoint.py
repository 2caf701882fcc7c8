"""Checkpoints: whole or not at all, plain tensors only."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from clipviz.core.errors import TrainingFailed
from clipviz.training import checkpoint


def test_what_is_written_is_read_to_the_bit(tmp_path: Path) -> None:
    tensors = {"a": torch.randn(3, 4), "b": torch.tensor([1, 2], dtype=torch.uint8)}
    checkpoint.write(tmp_path / "new", tensors, {"mark": "x", "loss": float("inf")})
    saved = checkpoint.read(tmp_path / "new")
    assert saved is not None and saved.position == {"mark": "x", "loss": float("inf")}
    assert all(torch.equal(saved.tensors[name], tensor) for name, tensor in tensors.items())
    assert [path.name for path in (tmp_path / "new").iterdir()] == [checkpoint.NAME]


def test_no_checkpoint_is_none(tmp_path: Path) -> None:
    assert checkpoint.read(tmp_path) is None


def test_a_failed_write_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint.write(tmp_path, {"a": torch.zeros(1)}, {"mark": "old"})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        checkpoint.write(tmp_path, {"a": torch.ones(1)}, {"mark": "new"})
    saved = checkpoint.read(tmp_path)
    assert saved is not None and saved.position["mark"] == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_garbage_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / checkpoint.NAME).write_bytes(b"\x80\x04not a checkpoint")
    with pytest.raises(TrainingFailed, match="must be a safetensors file that clipviz wrote"):
        checkpoint.read(tmp_path)


@pytest.mark.parametrize("note", ["{", "3", '["a"]'])
def test_a_position_that_is_none_is_refused(note: str, tmp_path: Path) -> None:
    save_file({"a": torch.zeros(1)}, tmp_path / checkpoint.NAME, metadata={"clipviz": note})
    with pytest.raises(TrainingFailed, match="must be a safetensors file that clipviz wrote"):
        checkpoint.read(tmp_path)


def test_other_shapes_are_refused(tmp_path: Path) -> None:
    checkpoint.write(tmp_path, {"a": torch.zeros(2)}, {"mark": "x"})
    saved = checkpoint.read(tmp_path)
    assert saved is not None
    with pytest.raises(TrainingFailed, match="recipe and model"):
        checkpoint.restore({"a": torch.zeros(3)}, saved, "x")
    with pytest.raises(TrainingFailed, match="a checkpoint of recipe x for recipe y"):
        checkpoint.restore({"a": torch.zeros(2)}, saved, "y")
