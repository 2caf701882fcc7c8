"""Where the weights that a model starts from are found."""

from pathlib import Path

import pytest
import torch

from clipviz.core.errors import ClipvizError, InvalidRecipe, TrainingFailed, UnreadableFile
from clipviz.core.settings import Settings
from clipviz.models.mlp import MLP
from clipviz.models.resnet18 import ResNet18
from clipviz.runs import weights


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "weights").mkdir()
    return Settings(home=tmp_path)


def test_a_fresh_start_needs_no_file(settings: Settings) -> None:
    assert weights.find(settings, ResNet18()) is None and weights.find(settings, MLP()) is None


def test_a_file_and_a_run_are_found_in_the_home(settings: Settings) -> None:
    (settings.home / "weights" / "mine.safetensors").touch()
    (settings.runs / "0123456789abcdef").mkdir(parents=True)
    (settings.runs / "0123456789abcdef" / "model.safetensors").touch()
    file = weights.find(settings, ResNet18(weights="file", source="mine.safetensors"))
    run = weights.find(settings, ResNet18(weights="run", source="0123456789abcdef"))
    assert file == settings.home / "weights" / "mine.safetensors"
    assert run == settings.runs / "0123456789abcdef" / "model.safetensors"


@pytest.mark.parametrize("source", [None, "../x.safetensors", "/etc/passwd", "x.pth", "a/b.safetensors"])
def test_no_source_leaves_the_folder(settings: Settings, source: str) -> None:
    with pytest.raises(InvalidRecipe, match="Name it without a folder"):
        weights.find(settings, ResNet18(weights="file", source=source))


def test_what_is_not_there_is_named_with_a_remedy(settings: Settings) -> None:
    with pytest.raises(TrainingFailed, match=r"mine\.safetensors\. Put it there, or start fresh"):
        weights.find(settings, ResNet18(weights="file", source="mine.safetensors"))
    with pytest.raises(TrainingFailed, match="Name a run that ended"):
        weights.find(settings, ResNet18(weights="run", source="0" * 16))
    with pytest.raises(InvalidRecipe, match="16 digits"):
        weights.find(settings, ResNet18(weights="run", source="../../x"))


def test_imagenet_without_a_network_says_where_to_put_the_file(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "IMAGENET", "http://127.0.0.1:9/resnet18-f37072fd.pth")
    with pytest.raises(ClipvizError, match=r"put it at .*weights/resnet18-f37072fd\.pth"):
        weights.find(settings, ResNet18(weights="imagenet"))


def test_imagenet_put_there_by_hand_must_be_the_published_file(settings: Settings) -> None:
    torch.save({"conv1.weight": torch.zeros(1)}, settings.home / "weights" / "resnet18-f37072fd.pth")
    with pytest.raises(UnreadableFile, match="must be the published one"):
        weights.find(settings, ResNet18(weights="imagenet"))


def test_imagenet_is_kept_as_plain_tensors(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    import hashlib

    file = settings.home / "weights" / "resnet18-f37072fd.pth"
    torch.save({"conv1.weight": torch.ones(2)}, file)
    monkeypatch.setattr(weights, "IMAGENET_DIGEST", f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}")
    from safetensors.torch import load_file

    kept = weights.find(settings, ResNet18(weights="imagenet"))
    assert kept is not None and torch.equal(load_file(kept)["conv1.weight"], torch.ones(2))
    file.unlink()
    assert weights.find(settings, ResNet18(weights="imagenet")) == kept
