"""Optimisers on a loss surface: torch's own, on a parameter of two numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from clipviz.analysis.lab.gradients import PLANE
from clipviz.analysis.lab.surfaces import Surface
from clipviz.policies.gradients.base import GradientClip

if TYPE_CHECKING:
    from torch import Tensor
    from torch.optim import Optimizer

Decay = Literal["constant", "linear", "step", "exponential", "cosine"]
FAR = 1e6
"""A point farther out than this is lost; it is not followed further."""

TITLES = {
    "sgd": "SGD",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "adagrad": "Adagrad",
    "rmsprop": "RMSProp",
    "adam": "Adam",
    "adamw": "AdamW",
}


@dataclass(frozen=True)
class Schedule:
    """The learning rate at each of `steps` steps: from `rate` down to `final` times it.

    `step` falls to the square root of the share at half of the way and to the whole of it at three quarters.
    """

    rate: float
    steps: int
    kind: Decay = "constant"
    final: float = 0.1

    def at(self, step: int) -> float:
        done = step / max(1, self.steps - 1)
        if self.kind == "linear":
            return self.rate * (1 + (self.final - 1) * done)
        if self.kind == "step":
            return self.rate * (1.0 if done < 0.5 else math.sqrt(self.final) if done < 0.75 else self.final)
        if self.kind == "exponential":
            return self.rate * float(self.final**done)
        if self.kind == "cosine":
            return self.rate * (self.final + (1 - self.final) * (1 + math.cos(math.pi * done)) / 2)
        return self.rate


@dataclass(frozen=True)
class Path:
    """One optimiser's way: points (T + 1, 2) and their losses (T + 1,), as long as they were finite and within 1e6;
    norms (T,) of the gradients before the clip, and whether it fired or the step was skipped (T,)."""

    points: NDArray[np.float64]
    losses: NDArray[np.float64]
    norms: NDArray[np.float64]
    fired: NDArray[np.bool_]
    skipped: NDArray[np.bool_]
    lost: bool


def paths(
    surface: Surface,
    names: Sequence[str],
    schedule: Schedule,
    clip: GradientClip,
    start: tuple[float, float],
    momentum: float = 0.9,
    weight_decay: float = 0.0,
    noise: float = 0.0,
    seed: int = 0,
) -> dict[str, Path]:
    """The ways of several optimisers over a surface from one start; each is its own replica of the clip.

    noise: added to the gradient, as a multiple of the surface's own; the same for all. A step whose gradient is
    not finite is left out, as in training.
    """
    import torch

    if not names:
        return {}
    points = [torch.tensor(start, dtype=torch.float32) for _ in names]
    movers = [_mover(name, at, momentum, weight_decay) for name, at in zip(names, points, strict=True)]
    weights = torch.stack(points)  # (K, 2)
    clipper = clip.build(PLANE, weights)
    shakes = _shakes(surface.noise * noise, schedule.steps, seed)
    trail = torch.empty(schedule.steps + 1, len(names), 2)
    trail[0] = weights
    norms = torch.empty(schedule.steps, len(names), dtype=torch.float64)
    fired = torch.zeros(schedule.steps, len(names), dtype=torch.bool)
    skipped = torch.zeros(schedule.steps, len(names), dtype=torch.bool)
    with torch.no_grad():
        for step in range(schedule.steps):
            gradient = torch.stack(surface.slope(*trail[step].unbind(1)), 1) + shakes[step]  # (K, 2)
            torch.linalg.vector_norm(gradient, dim=1, dtype=torch.float64, out=norms[step])
            said = clipper(gradient)
            fired[step], skipped[step] = said.fired, said.skipped
            left_out = skipped[step].tolist()
            rate = schedule.at(step)
            for place, mover in enumerate(movers):
                if not left_out[place]:
                    mover.param_groups[0]["lr"] = rate
                    points[place].grad = gradient[place]
                    mover.step()
            torch.stack(points, out=weights)
            trail[step + 1] = weights
        losses = surface.loss(*trail.double().unbind(2))  # (T + 1, K)
    return {
        name: _path(trail[:, place], losses[:, place], norms[:, place], fired[:, place], skipped[:, place])
        for place, name in enumerate(names)
    }


def _mover(name: str, point: Tensor, momentum: float, weight_decay: float) -> Optimizer:
    from torch import optim

    makers: Mapping[str, tuple[Callable[..., Optimizer], dict[str, Any]]] = {
        "sgd": (optim.SGD, {}),
        "momentum": (optim.SGD, {"momentum": momentum}),
        "nesterov": (optim.SGD, {"momentum": momentum, "nesterov": momentum > 0}),
        "adagrad": (optim.Adagrad, {}),
        "rmsprop": (optim.RMSprop, {}),
        "adam": (optim.Adam, {}),
        "adamw": (optim.AdamW, {}),
    }
    make, fields = makers[name]
    return make([point], lr=1.0, weight_decay=weight_decay, foreach=False, **fields)


def _shakes(size: float, steps: int, seed: int) -> Tensor:
    """(steps, 1, 2) noise of unit scale times `size`, Student's t with 3 degrees of freedom: now and then far off."""
    import torch

    draws = np.random.default_rng(seed).standard_t(3, (steps, 1, 2)) * size
    return torch.from_numpy(draws.astype(np.float32))


def _path(trail: Tensor, losses: Tensor, norms: Tensor, fired: Tensor, skipped: Tensor) -> Path:
    points = trail.double().numpy()
    near = (np.abs(points) <= FAR).all(axis=1)  # NaN is not
    end = len(points) if near.all() else int(np.argmin(near))
    return Path(
        points=points[:end],
        losses=losses.numpy()[:end],
        norms=norms.numpy()[: end - 1],
        fired=(fired & ~skipped).numpy()[: end - 1],
        skipped=skipped.numpy()[: end - 1],
        lost=end < len(points),
    )
