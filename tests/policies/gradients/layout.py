"""A small network's flat buffers, and streams of gradients with spikes, for tests of gradient clips."""

import torch

from clipviz.policies.gradients.base import Spec

SPECS = (
    Spec("hidden.0.weight", "layer 1", (4, 5), 0, 20),
    Spec("hidden.0.bias", "layer 1", (4,), 20, 4),
    Spec("output.weight", "output", (3, 4), 24, 12),
    Spec("output.bias", "output", (3,), 36, 3),
    Spec("clip.0.raw", "layer 1", (1,), 39, 1),
)
SIZE = 40
SCALES = (1.0, 0.02, 7.0)
"""How long the gradients of each replica usually are."""


def alone(size: int) -> tuple[tuple[Spec, ...], torch.Tensor]:
    """The layout of one vector of parameters, and its weights (1, size), all 1."""
    return (Spec("weight", "layer 1", (size,), 0, size),), torch.ones(1, size)


def weights(replicas: int = 3, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    drawn = torch.randn(replicas, SIZE, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    drawn[:, 4:8] = 0  # as if started at zero
    return drawn.to(dtype)


def stream(steps: int, dtype: torch.dtype = torch.float32, seed: int = 0) -> torch.Tensor:
    """Gradients (T, K, P) of K = 3 replicas; every 13th step, from the 10th on, is a spike."""
    drawn = torch.randn(
        steps, 3, SIZE, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)
    ) / SIZE**0.5 * torch.tensor(SCALES, dtype=torch.float64).view(1, 3, 1)  # fmt: skip
    drawn[10::13] *= 40
    return drawn.to(dtype)
