"""The network as it leaves a run."""

from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

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


@pytest.mark.parametrize("note", ["{", "[]", "{}", '{"features": 1}'])
def test_a_file_with_another_note_is_refused(note: str, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_file({"a": torch.zeros(1)}, path, metadata={"clipviz": note})
    with pytest.raises(TrainingFailed, match="A trained model is a safetensors file that clipviz wrote"):
        network.load(path)


def test_a_model_with_weights_of_another_shape_is_refused(tmp_path: Path) -> None:
    path, table = tmp_path / "model.safetensors", classification()
    made = assemble(recipe(), table, "cpu").network
    network.save(made, table, path)
    with safe_open(path, framework="pt") as file:
        note = file.metadata()
    save_file({name: torch.zeros(2, 2) for name in made.state_dict()}, path, metadata=note)
    with pytest.raises(TrainingFailed, match="A trained model is a safetensors file that clipviz wrote"):
        network.load(path)
