"""Loss surfaces over the plane, with their gradients: one hard place each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Surface:
    """loss(x, y) and slope(x, y) = (∂x, ∂y), on tensors of any one shape; the window (x, y) that is drawn.

    rate: a learning rate at which plain descent gets along; noise: the gradient that is seen is the true one plus
    noise of this size, with heavy tails. minima: where the loss is least.
    """

    title: str
    formula: str
    lesson: str
    loss: Callable[[Tensor, Tensor], Tensor]
    slope: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
    start: tuple[float, float]
    x: tuple[float, float]
    y: tuple[float, float]
    minima: tuple[tuple[float, float], ...]
    rate: float
    noise: float = 0.0

    @property
    def lowest(self) -> float:
        """The least loss."""
        import torch

        return min(float(self.loss(*torch.tensor(place, dtype=torch.float64))) for place in self.minima)

    def heights(
        self, across: int = 70
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """x (across,), y (across,) and the loss over them (across, across), rows along y."""
        import torch

        x = torch.linspace(*self.x, across, dtype=torch.float64)
        y = torch.linspace(*self.y, across, dtype=torch.float64)
        along, up = torch.meshgrid(x, y, indexing="xy")
        return x.numpy(), y.numpy(), self.loss(along, up).numpy()


WALL, EDGE, STEEP = 14.0, 0.6, 6.0

SURFACES = {
    "cliff": Surface(
        title="Cliff",
        formula=r"0.1\,(x+1)^2 + \tfrac12 y^2 + 14\,\sigma(6x-3.6)",
        lesson="Who steps onto the wall meets a gradient of twenty and is thrown across the valley.",
        loss=lambda x, y: 0.1 * (x + 1) ** 2 + 0.5 * y**2 + WALL * (STEEP * (x - EDGE)).sigmoid(),
        slope=lambda x, y: (
            0.2 * (x + 1) + WALL * STEEP * (STEEP * (x - EDGE)).sigmoid() * (-STEEP * (x - EDGE)).sigmoid(),
            y,
        ),
        start=(2.2, 1.6),
        x=(-6.0, 3.0),
        y=(-2.2, 2.2),
        minima=((-1.024547, 0.0),),
        rate=0.25,
    ),
    "ravine": Surface(
        title="Ravine",
        formula=r"0.05\,x^2 + 5\,y^2",
        lesson="A hundred times steeper across than along: plain descent bounces between the walls.",
        loss=lambda x, y: 0.05 * x**2 + 5 * y**2,
        slope=lambda x, y: (0.1 * x, 10 * y),
        start=(-7.0, 1.5),
        x=(-8.0, 3.0),
        y=(-2.2, 2.2),
        minima=((0.0, 0.0),),
        rate=0.1,
    ),
    "saddle": Surface(
        title="Saddle",
        formula=r"\tfrac12 x^2 - \tfrac12 y^2 + \tfrac18 y^4",
        lesson="The gradient dies at the saddle: who stops at a small gradient stops here.",
        loss=lambda x, y: 0.5 * x**2 - 0.5 * y**2 + 0.125 * y**4,
        slope=lambda x, y: (x, -y + 0.5 * y**3),
        start=(2.0, 0.001),
        x=(-2.4, 2.4),
        y=(-2.4, 2.4),
        minima=((0.0, 2**0.5), (0.0, -(2**0.5))),
        rate=0.1,
    ),
    "rosenbrock": Surface(
        title="Rosenbrock",
        formula=r"(1-x)^2 + 100\,(y-x^2)^2",
        lesson="A bent valley, flat along its floor and steep beside it. Rosenbrock, 1960.",
        loss=lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
        slope=lambda x, y: (-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)),
        start=(-1.2, 1.0),
        x=(-2.0, 2.0),
        y=(-1.0, 3.0),
        minima=((1.0, 1.0),),
        rate=0.001,
    ),
    "noisy_bowl": Surface(
        title="Noisy bowl",
        formula=r"\tfrac12 (x^2 + 4y^2)",
        lesson="Batches disagree, and now and then one is far off: a stream of gradients with spikes.",
        loss=lambda x, y: 0.5 * (x**2 + 4 * y**2),
        slope=lambda x, y: (x, 4 * y),
        start=(-3.0, 2.0),
        x=(-4.0, 4.0),
        y=(-3.0, 3.0),
        minima=((0.0, 0.0),),
        rate=0.05,
        noise=1.0,
    ),
}
