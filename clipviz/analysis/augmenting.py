"""What augmentations make of some images."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clipviz.core.discovery import build
from clipviz.core.recipe import Choice


def changed(
    images: NDArray[np.uint8] | NDArray[np.uint16], choices: Sequence[Choice], white: float, seed: int
) -> NDArray[np.float64]:
    """Images (N, H, W, C) as a training step may see them, in their own units: each changed in turn, or not.

    white: what is 1 to the augmentations. seed: decides the chances. Raises InvalidRecipe for a choice that cannot be.
    """
    import torch

    planes = torch.from_numpy(images.astype(np.float32) / white).permute(0, 3, 1, 2)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        for choice in choices:
            planes = build("clipviz.training.augmentations", choice)(planes)
    said: NDArray[np.float64] = planes.permute(0, 2, 3, 1).to(torch.float64).mul(white).numpy()
    return said
