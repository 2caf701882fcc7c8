"""Images changed at random, batch by batch, on their way into a training step."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from clipviz.core.discovery import build
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Recipe
from clipviz.models._images import planes
from clipviz.models.base import Signal
from clipviz.training.augmentations.base import Augmentation
from clipviz.training.front import Front


def changes(recipe: Recipe, front: Front) -> list[Callable[[Tensor], Tensor]]:
    """What a recipe does to the inputs (B, D) of a training batch.

    Raises InvalidRecipe where they are not whole images in 0..1.
    """
    if not recipe.augment:
        return []
    signal = front.signal
    if signal.image is None:
        raise InvalidRecipe(
            "Augmentations change whole images",
            "inputs that are not all pixels of an image",
            "Take out what is in augment, or use all pixels as inputs",
        )
    if recipe.inputs.normalisation.id != "divide":
        raise InvalidRecipe(
            "Augmentations change pixels in 0..1",
            f"the normalisation {recipe.inputs.normalisation.id}",
            "Set inputs.normalisation to divide, or take out what is in augment",
        )
    chosen: list[Augmentation] = [
        build("clipviz.training.augmentations", choice) for choice in recipe.augment
    ]
    return [partial(augmented, signal=signal, chosen=chosen)]


@torch.no_grad()
def augmented(rows: Tensor, signal: Signal, chosen: list[Augmentation]) -> Tensor:
    """Images as rows (B, H·W·C), each changed by every augmentation in turn, or not."""
    images = planes(rows, signal)  # (B, C, H, W)
    for change in chosen:
        images = change(images)
    return images.permute(0, 2, 3, 1).reshape(len(rows), -1)
