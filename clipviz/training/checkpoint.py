"""A run's state in one file of plain tensors: written whole or not at all, read back to the bit."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor

from clipviz.core.errors import TrainingFailed
from clipviz.training import files

NAME = "checkpoint.safetensors"


class Saved(NamedTuple):
    """tensors by name, and the position as a JSON document."""

    tensors: dict[str, Tensor]
    position: dict[str, Any]


def write(folder: Path, tensors: dict[str, Tensor], position: dict[str, Any]) -> None:
    """Replaces the folder's checkpoint atomically; a crash at any moment leaves the old one or the new one."""
    from safetensors.torch import save

    blob = save(
        {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()},
        metadata={"clipviz": json.dumps(position)},
    )
    files.write(folder / NAME, blob)


def read(folder: Path) -> Saved | None:
    """The folder's checkpoint; None when there is none. Raises TrainingFailed when it cannot be read."""
    from safetensors import SafetensorError, safe_open

    path = folder / NAME
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            position = dict(json.loads((file.metadata() or {})["clipviz"]))
            return Saved({name: file.get_tensor(name) for name in file.keys()}, position)  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise TrainingFailed(
            "A checkpoint must be a safetensors file that clipviz wrote",
            str(error),
            "Submit the recipe again",
        ) from error


def look(folder: Path) -> tuple[Saved | None, str]:
    """The folder's checkpoint, None where there is none that can be read; and why it cannot, "" where it can.

    What a killed writer left unfinished there is removed.
    """
    files.sweep(folder)
    try:
        return read(folder), ""
    except TrainingFailed as damage:
        return None, str(damage.received)


def restore(live: dict[str, Tensor], saved: Saved, mark: str) -> None:
    """Copies saved tensors into live ones of the same names and shapes; raises TrainingFailed for another
    recipe.
    """
    same_shapes = all(
        name in saved.tensors and saved.tensors[name].shape == tensor.shape for name, tensor in live.items()
    )
    if saved.position.get("mark") != mark or not same_shapes:
        raise TrainingFailed(
            "A checkpoint continues only the recipe and model that wrote it",
            f"a checkpoint of recipe {saved.position.get('mark')} for recipe {mark}",
            "Submit the recipe again",
        )
    for name, tensor in live.items():
        tensor.copy_(saved.tensors[name])
