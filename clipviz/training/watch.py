"""What flows through the hidden layers, seen on a fixed batch of validation rows."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from clipviz.training.network import Network, bounded
from clipviz.training.rows import Rows

Floats = NDArray[np.floating[Any]]
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
    (found,) = looks(network.body, [tap.unsqueeze(0) for tap in taps(network, rows.inputs)])
    return found


def looks(body: Any, seen: list[Tensor]) -> list[list[float]]:
    """`look` for each of K networks. body: of one network, or a stack; seen: (K, N, ...) of each place."""
    by_place = dict(zip(body.clips, seen, strict=True))
    columns = [quantile for tap in seen for quantile in _quantiles(tap.abs())]
    columns += [_dead(tap) for place, tap in by_place.items() if place not in EDGES]
    columns += [_zeros(tap) for place, tap in by_place.items() if place not in EDGES]
    for _, place, position, clip in bounded(body):
        if clip.learned:
            values = by_place[place][0] if isinstance(body, nn.Module) else by_place[place]
            columns.append(clip.informing(body.clips[place].before(values, position)).view(-1).cpu().numpy())
    found: list[list[float]] = np.stack(columns, axis=1).tolist()
    return found


def _dead(tap: Tensor) -> Floats:
    """(K,) share of units, of whole maps in (K, N, C, H, W), of numbers in (K, N, T, E), that are 0 throughout."""
    throughout = {3: (1,), 4: (1, 2), 5: (1, 3, 4)}[tap.ndim]
    units = (tap.abs().amax(dim=throughout) == 0).to(torch.float32)
    return units.mean(dim=1).cpu().numpy()


def _zeros(tap: Tensor) -> Floats:
    """(K,) share of values that are 0."""
    return (tap == 0).to(torch.float32).flatten(1).mean(dim=1).cpu().numpy()


def _quantiles(size: Tensor) -> Floats:
    """(4, K) percentiles by linear interpolation; NaN next to an infinity, or where any value is NaN."""
    ordered = np.sort(
        size.flatten(1).cpu().numpy(), axis=1
    )  # NaN last; vectorised, as np.quantile's partition is not
    place = np.array(PERCENTILES) * (ordered.shape[1] - 1)
    below = place.astype(np.int64)
    lower, upper = ordered[:, below], ordered[:, np.minimum(below + 1, ordered.shape[1] - 1)]
    with np.errstate(invalid="ignore"):
        found = lower + (place - below) * (upper - lower)
    found[np.isnan(ordered[:, -1])] = np.nan
    return np.asarray(found.T)
