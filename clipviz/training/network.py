"""The whole network: front, body, and the way back to the target's own units. It is what leaves a run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from clipviz.core.dataset import Reading
from clipviz.core.discovery import build
from clipviz.core.errors import TrainingFailed
from clipviz.core.recipe import Recipe, Task
from clipviz.core.table import Feature, Table
from clipviz.models.base import Clips
from clipviz.policies.activations._clip import Clip
from clipviz.training.earlier import completed, renamed
from clipviz.training.files import write
from clipviz.training.front import Front, vocabulary


class Network(nn.Module):
    """Raw rows (N, F) float64 to predictions on raw targets: (N,) float64, or (N, C) float64 class scores.

    The body is built from torch's random generator. target_mean, target_scale: () moments of the training
    targets of a regression; its body predicts standardised targets.
    """

    target_mean: Tensor
    target_scale: Tensor

    def __init__(self, recipe: Recipe, front: Front, task: Task, classes: tuple[str, ...]) -> None:
        super().__init__()
        self.recipe, self.task, self.classes = recipe, task, classes
        self.front = front
        model = build("clipviz.models", recipe.model)
        outputs = 1 if task == "regression" else len(classes)
        self.body: Any = model.build(front.signal, outputs, clips(recipe))
        self.register_buffer("target_mean", torch.zeros((), dtype=torch.float64))
        self.register_buffer("target_scale", torch.ones((), dtype=torch.float64))

    def forward(self, raw: Tensor) -> Tensor:
        return self.back(self.body(self.front(raw)))

    def back(self, outputs: Tensor) -> Tensor:
        """What the body says, (N, O) float32, in the target's own units; class scores stay scores."""
        wide = outputs.to(torch.float64)
        return wide.squeeze(1) * self.target_scale + self.target_mean if self.task == "regression" else wide

    @torch.no_grad()
    def thresholds(self) -> dict[str, list[float]]:
        """The thresholds of each clip that has some, those of all channels; "layer 1" or "layer 1, lo"."""
        return {
            name if len(bounds) == 1 else f"{name}, {which}": [float(value) for value in bound]
            for name, _, _, clip in bounded(self.body)
            for bounds in [clip.readable()]
            for which, bound in bounds.items()
        }


def clips(recipe: Recipe) -> Clips:
    """The activation policies that a recipe names; raises InvalidRecipe."""
    package = "clipviz.policies.activations"
    return Clips(
        build(package, recipe.activation),
        {
            place: tuple(build(package, choice) for choice in chain)
            for place, chain in recipe.clips_at.items()
        },
    )


def bounded(body: Any) -> Iterator[tuple[str, str, int, Clip]]:
    """(name, place, position in its chain, clip) of every clip with thresholds, in the order of the forward pass.

    The name is that of the place; the second in one chain is "layer 1 (2)".
    """
    for place, module in body.clips.items():
        for count, (position, clip) in enumerate(module.bounded(), 1):
            yield place if count == 1 else f"{place} ({count})", place, position, clip


def save(network: Network, table: Table, path: Path) -> None:
    """Writes tensors and everything needed to rebuild the network to one safetensors file, atomically."""
    from safetensors.torch import save as to_bytes

    about = {
        "recipe": network.recipe.model_dump(mode="json"),
        "features": [feature.written() for feature in network.front.features],
        "image": network.front.image,
        "words": list(table.words),
        "task": network.task,
        "classes": list(network.classes),
        "target": table.target_name,
        "reading": table.reading.model_dump(mode="json", exclude_defaults=True),
    }
    tensors = {
        name: tensor.detach().cpu().contiguous().clone() for name, tensor in network.state_dict().items()
    }
    write(path, to_bytes(tensors, metadata={"clipviz": json.dumps(about)}))


def load(path: Path) -> Network:
    """The network that `save` wrote, in evaluation mode on the CPU; raises TrainingFailed when it is not one."""
    return load_with_words(path)[0]


def load_with_words(path: Path) -> tuple[Network, tuple[str, ...], Reading]:
    """`load`, what the ids 2, 3, ... of its tokens stand for, and how the file was read that it learned from."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            about = completed(json.loads((file.metadata() or {})["clipviz"]))
            tensors = renamed({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118 (no mapping)
        return _rebuilt(about, tensors), tuple(about["words"]), Reading.model_validate(about["reading"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise TrainingFailed(
            "A trained model is a safetensors file that clipviz wrote", path.name, "Train the recipe again"
        ) from error


def _rebuilt(about: dict[str, Any], tensors: dict[str, Tensor]) -> Network:
    """The network of what `save` noted; raises all sorts of errors where it did not."""
    features = tuple(map(Feature.read, about["features"]))
    recipe = Recipe.parse(about["recipe"])
    buffers = {name.removeprefix("front."): tensor for name, tensor in tensors.items()}
    image = tuple(about["image"]) if about["image"] else None
    front = Front(features, buffers, image, vocabulary(about["words"]))
    with torch.random.fork_rng(devices=[]):
        network = Network(recipe, front, about["task"], tuple(about["classes"]))
    network.load_state_dict(tensors)
    return network.eval()
