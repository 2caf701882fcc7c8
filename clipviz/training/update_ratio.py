"""How far a step moved the weights, as a share of them."""

import torch
from torch import Tensor

from clipviz.training import histograms
from clipviz.training.flat import Flat


@torch.no_grad()
def update_ratios(flat: Flat, before: Tensor) -> list[list[float]]:
    """|Δw| / |w| of each of K networks since their weights were `before` (K, P): of all layers, then of each one;
    thresholds are left out. Asks the device once.
    """
    spans = [slice(0, flat.split), *(histograms.span(flat, layer) for layer in flat.layers)]
    moved = flat.weights - before
    change, size = (
        torch.stack([torch.linalg.vector_norm(held[:, span], dim=1) for span in spans], dim=1)
        for held in (moved, before)
    )
    found: list[list[float]] = (change / size).tolist()
    return found
