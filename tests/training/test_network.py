"""The network as it leaves a run."""

from pathlib import Path

import pytest
import torch

from clipviz.core.errors import TrainingFailed
from clipviz.training import network
from clipviz.training.assembly import assemble

from .conftest import classification, recipe


def test_a_saved_network_is_the_same_network(tmp_path: Path) -> None:
    table = classification()
    made = assemble(recipe(activation__id="learned_hard"), table, "cpu").network.eval()
    network.save(made, table, tmp_path / "model.safetensors")
    back = network.load(tmp_path / "model.safetensors")
    raw = torch.from_numpy(table.inputs)
    assert torch.equal(made(raw), back(raw))
    assert back.classes == table.classes and back.front.features == table.features
    assert made(raw).shape == (300, 3)


def test_loading_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    with pytest.raises(TrainingFailed, match="A trained model is a safetensors file that clipviz wrote"):
        network.load(path)
    path.write_bytes(b"garbage")
    with pytest.raises(TrainingFailed, match=r"received model\.safetensors"):
        network.load(path)
