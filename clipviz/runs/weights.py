"""The file of weights that a recipe's model starts from: fetched, put there by a person, or left by a run."""

import re
from pathlib import Path
from typing import Any

from clipviz.core.errors import InvalidRecipe, TrainingFailed
from clipviz.core.settings import Settings

IMAGENET = "https://download.pytorch.org/models/resnet18-f37072fd.pth"
IMAGENET_DIGEST = "sha256:f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec"
_FILE = re.compile(r"^[\w.\- ]{1,200}\.safetensors$")
_RUN = re.compile(r"^[0-9a-f]{16}$")


def find(settings: Settings, model: Any) -> Path | None:
    """Where the weights of a model (models.resnet18) are; None where it starts fresh.

    Raises InvalidRecipe for a source that cannot be a name, TrainingFailed for one that is not there, and as
    `datasets.download.fetch` without a network.
    """
    kind, source = getattr(model, "weights", "fresh"), getattr(model, "source", None) or ""
    if kind == "imagenet":
        return _imagenet(settings.home / "weights")
    if kind == "file":
        if not _FILE.match(source):
            raise InvalidRecipe(
                "The weights are a file such as mine.safetensors in the folder weights of the home",
                repr(source),
                "Name it without a folder",
            )
        return _there(settings.home / "weights" / source, "Put it there, or start fresh")
    if kind == "run":
        if not _RUN.match(source):
            raise InvalidRecipe(
                "The id of a run has 16 digits of 0-9 and a-f", repr(source), "Copy it from its link"
            )
        return _there(settings.runs / source / "model.safetensors", "Name a run that ended, or start fresh")
    return None


def _there(path: Path, remedy: str) -> Path:
    if not path.is_file():
        raise TrainingFailed("The weights to start from must be there", str(path), remedy)
    return path


def _imagenet(folder: Path) -> Path:
    """Torchvision's weights of ImageNet (BSD-3-Clause), fetched once and kept as safetensors."""
    kept = folder / "resnet18-imagenet.safetensors"
    if not kept.is_file():
        import torch
        from safetensors.torch import save_file

        from clipviz.datasets.download import fetch

        fetched = fetch(IMAGENET, folder / IMAGENET.rsplit("/", 1)[-1], IMAGENET_DIGEST)
        # Known bytes, by their digest; and weights_only runs no code even so.
        tensors = torch.load(fetched, map_location="cpu", weights_only=True)
        part = kept.with_suffix(".part")
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, part)
        part.replace(kept)
    return kept
