"""Histograms of what flows through a network, of its weights and of its gradient."""

import torch
from torch import Tensor

from clipviz.core.bins import COUNT, EDGES, LOST, columns
from clipviz.training.flat import Flat
from clipviz.training.network import Network

MOST = 64
"""Histograms over time that a run keeps, about."""


def names(network: Network, flat: Flat) -> tuple[str, ...]:
    """The series of all histograms: of the values into each place's clips, of each layer's weights and gradient."""
    kinds = (("activation", network.body.clips), ("weight", flat.layers), ("gradient", flat.layers))
    return tuple(name for kind, layers in kinds for layer in layers for name in columns(kind, layer))


def due(step: int, before: int, total: int) -> bool:
    """Whether the evaluation at a step, after the one at `before`, takes histograms: spread evenly over a run."""
    apart = max(1, total // MOST)
    return step == 0 or step == total or step // apart > before // apart


@torch.no_grad()
def look(taps: list[Tensor], flat: Flat, gradient: Tensor) -> list[float]:
    """Counts in the order of `names`. taps: what flowed into each place's clips. gradient: (P,), before the clip."""
    spans = [span(flat, layer) for layer in flat.layers]
    parts = [*taps, *(flat.weights[0, each] for each in spans), *(gradient[each] for each in spans)]
    edges = torch.tensor(EDGES, dtype=torch.float32, device=flat.weights.device)
    found: list[float] = torch.cat([_counts(part.flatten(), edges) for part in parts]).tolist()
    return found


def span(flat: Flat, layer: str) -> slice:
    """Where a layer's weights lie in the flat buffers, thresholds left out."""
    mine = [spec for spec in flat.specs if spec.layer == layer and spec.start < flat.split]
    return slice(mine[0].start, mine[-1].start + mine[-1].size)


def _counts(values: Tensor, edges: Tensor) -> Tensor:
    """(COUNT,) float32 of values (N,)."""
    place = torch.bucketize(values, edges).masked_fill_(~torch.isfinite(values), LOST)
    return torch.bincount(place, minlength=COUNT).to(torch.float32)
