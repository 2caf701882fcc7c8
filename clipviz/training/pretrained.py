"""Weights of another network as the start of this one: plain tensors from a safetensors file, nothing else."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from clipviz.core.errors import TrainingFailed
from clipviz.training.earlier import renamed

BODY = "body."
"""Before the names of a body's tensors in the models that clipviz writes."""


@torch.no_grad()
def start_from(body: Any, path: Path) -> str:
    """Copies every tensor that fits by name and shape into a body; says in words what did not.

    The first convolution of a network for colour images becomes one for grey images by adding up its colours.
    The last layer, of other classes, keeps its own start. Raises TrainingFailed for a file that is not safetensors,
    and where fewer than half of the tensors fit: then it is another network's.
    """
    given = {name.removeprefix(BODY): tensor for name, tensor in renamed(_read(path)).items()}
    mine = body.state_dict()
    fitting = {}
    for name, tensor in mine.items():
        found = _fitted(given[name], tensor) if name in given else None
        if found is not None:
            fitting[name] = found
    if 2 * len(fitting) < len(mine):
        raise TrainingFailed(
            "Weights to start from must be of the same architecture",
            f"{path.name}, of whose {len(given)} tensors {len(fitting)} fit one of the {len(mine)} here",
            "Take the weights of the same model, or start fresh",
        )
    for name, tensor in fitting.items():
        mine[name].copy_(tensor)
    fresh = sorted(name for name, _ in body.named_parameters() if name not in fitting)
    kept = f"; {', '.join(fresh[:5])}{' and others' if len(fresh) > 5 else ''} start fresh" if fresh else ""
    return f"starts from {len(fitting)} tensors of {path.name}{kept}"


def _fitted(given: Tensor, mine: Tensor) -> Tensor | None:
    if given.shape == mine.shape:
        return given.to(mine.dtype)
    grey = given.ndim == 4 and given.shape[1] == 3 and mine.shape == (len(given), 1, *given.shape[2:])
    return given.sum(dim=1, keepdim=True).to(mine.dtype) if grey else None


def _read(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise TrainingFailed(
            "Weights to start from are a safetensors file",
            f"{path.name}: {str(error)[:150]}",
            "Save them as safetensors; other formats can run code when they are read, so they are not",
        ) from error
