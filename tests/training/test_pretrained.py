"""Weights of another network as a start."""

import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from clipviz.core.errors import TrainingFailed
from clipviz.models.base import Clips, Signal
from clipviz.models.residual_cnn import ResidualCNN
from clipviz.policies.activations.none import NoClip
from clipviz.training.pretrained import start_from


def network(colours: int = 3, outputs: int = 4, seed: int = 0, width: int = 4) -> "torch.nn.Module":
    torch.manual_seed(seed)
    signal = Signal(width=64 * colours, image=(8, 8, colours))
    return ResidualCNN(width=width, stages=2).build(signal, outputs, Clips(NoClip()))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    save_file(network(seed=1).state_dict(), tmp_path / "w.safetensors")
    return tmp_path / "w.safetensors"


def test_everything_that_fits_is_taken(file: Path) -> None:
    mine, theirs = network(), network(seed=1)
    assert start_from(mine, file) == f"starts from {len(mine.state_dict())} tensors of w.safetensors"
    assert all(torch.equal(p, q) for p, q in zip(mine.parameters(), theirs.parameters(), strict=True))


def test_a_model_of_an_earlier_run_can_be_a_start(tmp_path: Path) -> None:
    named = {f"body.{name}": tensor for name, tensor in network(seed=1).state_dict().items()}
    save_file(named | {"front.lo": torch.zeros(2)}, tmp_path / "model.safetensors")
    mine = network()
    start_from(mine, tmp_path / "model.safetensors")
    assert torch.equal(mine.fc.weight, network(seed=1).fc.weight)


def test_the_last_layer_of_other_classes_starts_fresh(file: Path) -> None:
    mine = network(outputs=7)
    before = mine.fc.weight.clone()
    assert "fc.bias, fc.weight start fresh" in start_from(mine, file)
    assert torch.equal(mine.fc.weight, before)


def test_the_first_layer_of_grey_images_adds_up_the_colours(file: Path) -> None:
    mine, theirs = network(colours=1), network(seed=1)
    start_from(mine, file)
    grey = torch.rand(3, 64)
    colour = grey.view(3, 64, 1).expand(-1, -1, 3).reshape(3, 192)
    torch.testing.assert_close(mine.eval()(grey), theirs.eval()(colour))


def test_another_network_is_refused(file: Path) -> None:
    with pytest.raises(TrainingFailed, match=r"of the same architecture.*Take the weights of the same model"):
        start_from(network(width=5), file)


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "ran",))

    (tmp_path / "w.pth").write_bytes(pickle.dumps({"conv1.weight": Trap()}))
    with pytest.raises(TrainingFailed, match="safetensors file"):
        start_from(network(), tmp_path / "w.pth")
    assert not (tmp_path / "ran").exists()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingFailed, match="gone"):
        start_from(network(), tmp_path / "gone.safetensors")
