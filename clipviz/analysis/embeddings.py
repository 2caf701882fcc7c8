"""How long the vectors of words are, before and behind their clips, when a network is new."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clipviz.core.recipe import Recipe

if TYPE_CHECKING:
    from torch import Tensor

    from clipviz.models._place import Place

WORDS = 2_000
PLACE = "embedding"


@dataclass(frozen=True)
class Embeddings:
    """values: of single numbers, (W * E,); norms: lengths of whole vectors, (W,); each before and behind the clips."""

    values: NDArray[np.float64]
    norms: NDArray[np.float64]
    clamped_values: NDArray[np.float64]
    clamped_norms: NDArray[np.float64]


def starting(recipe: Recipe) -> Embeddings:
    """The vectors of 2,000 words as the recipe's model starts them, by its seed; training moves them from there.

    The model must have the place "embedding". Clips that measure their start do so on these words.
    """
    import torch
    from torch import nn

    from clipviz.core.discovery import build
    from clipviz.training.network import clips

    width: int = build("clipviz.models", recipe.model).embedding
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(recipe.seed)
        vectors = nn.Embedding(WORDS, width).weight  # (W, E)
        place = clips(recipe).edge(PLACE, width)
        clamped = vectors if place is None else _behind(place, vectors)
    before, behind = (each.detach().numpy().astype(np.float64) for each in (vectors, clamped))
    return Embeddings(
        before.ravel(), np.linalg.norm(before, axis=1), behind.ravel(), np.linalg.norm(behind, axis=1)
    )


def _behind(place: "Place", vectors: "Tensor") -> "Tensor":
    """Vectors (W, E) behind the clips of a place, each started on what flows into it."""
    from clipviz.policies.activations._calibration import calibrate, waits
    from clipviz.policies.activations._clip import Clip

    flowing = vectors if place.function is None else place.function(vectors)
    for position, clip in enumerate(place.chain):
        if isinstance(clip, Clip) and waits(clip):
            calibrate(clip, place.before(flowing, position))
    behind: Tensor = place(vectors)
    return behind
