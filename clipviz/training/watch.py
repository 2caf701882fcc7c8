"""What flows through the hidden layers, seen on a fixed batch of validation rows."""

import numpy as np
import torch
from torch import Tensor

from clipviz.training.network import Network
from clipviz.training.rows import Rows

PERCENTILES = (0.5, 0.9, 0.99, 0.999)
LABELS = ("p50", "p90", "p99", "p999")
ROWS = 1000
"""Most validation rows that are watched: the first of the split's random order."""


def names(layers: tuple[str, ...]) -> tuple[str, ...]:
    watched = [f"activation/{layer}/{label}" for layer in layers for label in LABELS]
    return (*watched, *(f"dead/{layer}" for layer in layers))


@torch.no_grad()
def taps(network: Network, inputs: Tensor) -> list[Tensor]:
    """What flows into each layer's clip, (N, width) each, without dropout; training mode is restored."""
    seen: list[Tensor] = []
    network.eval()
    network.body(inputs, seen)
    network.train()
    return seen


def look(network: Network, rows: Rows) -> list[float]:
    """Values in the order of `names`: percentiles of |x| into each clip, and the share of units that are 0
    for all rows.
    """
    percentiles: list[float] = []
    dead: list[float] = []
    for seen in taps(network, rows.inputs):
        size = seen.abs()
        dead.append(float((size.amax(dim=0) == 0).to(torch.float32).mean()))
        percentiles += _quantiles(size)
    return percentiles + dead


def quantile(values: Tensor, share: float) -> float:
    """One quantile of |values|, by linear interpolation; NaN next to an infinity, or where any is NaN."""
    return _quantiles(values.abs(), (share,))[0]


def _quantiles(size: Tensor, shares: tuple[float, ...] = PERCENTILES) -> list[float]:
    with np.errstate(invalid="ignore"):
        return [float(value) for value in np.quantile(size.cpu().numpy(), shares)]
