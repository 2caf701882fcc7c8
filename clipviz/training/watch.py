"""What flows through the hidden layers, seen on a fixed batch of validation rows."""

import numpy as np
import torch
from torch import Tensor

from clipviz.training.network import Network, bounded
from clipviz.training.rows import Rows

PERCENTILES = (0.5, 0.9, 0.99, 0.999)
LABELS = ("p50", "p90", "p99", "p999")
EDGES = ("input", "embedding", "output")
ROWS, LARGE_ROWS = 1000, 100
"""Most validation rows that are watched, of numbers, and of images or texts: the first of the split's random order."""


def most(network: Network) -> int:
    """How many rows are watched at most."""
    return ROWS if network.front.signal.takes == "table" else LARGE_ROWS


def names(network: Network) -> tuple[str, ...]:
    """Percentiles for each place with clips, dead shares and sparsity for hidden layers, informing shares where
    bounds learn.
    """
    places = tuple(network.body.clips)
    return (
        *(f"activation/{place}/{label}" for place in places for label in LABELS),
        *(f"dead/{place}" for place in places if place not in EDGES),
        *(f"sparsity/{place}" for place in places if place not in EDGES),
        *(f"informed/{name}" for name, _, _, clip in bounded(network.body) if clip.learned),
    )


@torch.no_grad()
def taps(network: Network, inputs: Tensor) -> list[Tensor]:
    """What flows into the clips of each place, (N, width) each, without dropout; training mode is restored."""
    seen: list[Tensor] = []
    network.eval()
    network.body(inputs, seen)
    network.train()
    return seen


def look(network: Network, rows: Rows) -> list[float]:
    """Values in the order of `names`: percentiles of |x| into each place's clips; the share of units that are 0
    for all rows; the share of values that are 0; and the share of values that send a learned threshold a gradient.
    """
    seen = dict(zip(network.body.clips, taps(network, rows.inputs), strict=True))
    percentiles = [value for tap in seen.values() for value in _quantiles(tap.abs())]
    dead = [float(_dead(tap)) for place, tap in seen.items() if place not in EDGES]
    sparse = [float((tap == 0).to(torch.float32).mean()) for place, tap in seen.items() if place not in EDGES]
    informed = [
        float(clip.informing(network.body.clips[place].before(seen[place], position)))
        for _, place, position, clip in bounded(network.body)
        if clip.learned
    ]
    return percentiles + dead + sparse + informed


def _dead(tap: Tensor) -> Tensor:
    """Share of units, of whole maps in (N, C, H, W), of numbers in (N, T, E), that are 0 throughout."""
    throughout = {2: (0,), 3: (0, 1), 4: (0, 2, 3)}[tap.ndim]
    return (tap.abs().amax(dim=throughout) == 0).to(torch.float32).mean()


def _quantiles(size: Tensor) -> list[float]:
    """Percentiles by linear interpolation; NaN next to an infinity, or where any value is NaN."""
    with np.errstate(invalid="ignore"):
        return [float(value) for value in np.quantile(size.cpu().numpy(), PERCENTILES)]
