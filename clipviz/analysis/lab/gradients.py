"""What a gradient policy does to single gradients: arrows, norms in and out, and a stream over time."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clipviz.policies.gradients.base import Clipped, Clipper, GradientClip, Spec

if TYPE_CHECKING:
    from torch import Tensor

PLANE = (Spec("across", "across", (1, 1), 0, 1), Spec("up", "up", (1, 1), 1, 1))
"""A network of two weights in two layers: what works by parameter or by layer works by axis here."""

USUAL = 130
"""Steps that a policy with a memory has seen before the one that is looked at: past the warm-up of any of them."""


@dataclass(frozen=True)
class Answer:
    """What became of gradients (N, P): after (N, P), and one value each (N,): limit is NaN where there is none."""

    before: NDArray[np.float64]
    after: NDArray[np.float64]
    limit: NDArray[np.float64]
    fired: NDArray[np.bool_]
    skipped: NDArray[np.bool_]


@dataclass(frozen=True)
class Flow:
    """A stream of T gradients: norms before and after (Euclid's), the limit at each step, fired, skipped; (T,) each."""

    before: NDArray[np.float64]
    after: NDArray[np.float64]
    limit: NDArray[np.float64]
    fired: NDArray[np.bool_]
    skipped: NDArray[np.bool_]


def usual(norm: float, spread: float = 0.2, steps: int = USUAL, seed: int = 0) -> NDArray[np.float64]:
    """(steps, 2) gradients in all directions whose norms lie around `norm`, log-normal with this spread."""
    draw = np.random.default_rng(seed)
    angles, sizes = draw.uniform(0, 2 * np.pi, steps), norm * np.exp(spread * draw.standard_normal(steps))
    return np.stack([np.cos(angles), np.sin(angles)], axis=1) * sizes[:, None]


def answer(
    policy: GradientClip, gradients: NDArray[np.float64], norm: float = 1.0, weight: float = 1.0
) -> Answer:
    """What the policy makes of each of N gradients (N, 2), after it has seen 130 of the usual norm.

    Each gradient meets a replica of its own, so that none is in another's memory. weight: where both weights stand,
    for policies that compare a gradient with them.
    """
    import torch

    clipper = deepcopy(_experienced(policy, len(gradients), norm, weight))
    after = torch.from_numpy(np.array(gradients, dtype=np.float32))
    said = clipper(after)
    return Answer(
        before=np.asarray(gradients, dtype=np.float64),
        after=after.double().numpy(),
        limit=clipper.limit.double().numpy().copy(),
        fired=said.fired.numpy() & ~said.skipped.numpy(),
        skipped=said.skipped.numpy().copy(),
    )


@lru_cache(maxsize=512)
def _experienced(policy: GradientClip, replicas: int, norm: float, weight: float) -> Clipper:
    """A clipper that has seen the usual gradients; whoever goes on with it takes a copy."""
    import torch

    clipper = policy.build(PLANE, torch.full((replicas, 2), weight))
    for past in torch.from_numpy(usual(norm).astype(np.float32)):
        clipper(past.expand(replicas, 2).clone())
    return clipper


@dataclass(frozen=True)
class Stream:
    """A stream of gradients whose norms start near 1 and are log-normal around a trend.

    noise: standard deviation of the logarithm. spike: every `every`-th gradient is this many times as long (0:
    never). trend: the factor that the usual norm has changed by at the end. broken: the step whose gradient is
    infinite (0: none).
    """

    steps: int
    noise: float = 0.3
    spike: float = 20.0
    every: int = 40
    trend: float = 1.0
    broken: int = 0

    def gradients(self) -> NDArray[np.float64]:
        """(steps, 2), always the same ones."""
        found = usual(1.0, self.noise, self.steps)
        found *= np.power(self.trend, np.linspace(0, 1, self.steps))[:, None]
        if self.every:
            found[self.every - 1 :: self.every] *= self.spike
        if 0 < self.broken <= self.steps:
            found[self.broken - 1] = np.inf
        return found


@lru_cache(maxsize=256)
def flow(policy: GradientClip, stream: Stream, weight: float = 1.0) -> Flow:
    """The policy over a stream, one step after the other; weight: as of `answer`."""
    import torch

    clipper = policy.build(PLANE, torch.full((1, 2), weight))
    raw = stream.gradients()
    after = torch.from_numpy(raw.astype(np.float32))
    said: list[Clipped] = []
    limits: list[Tensor] = []
    for step in after.unsqueeze(1):  # (1, 2), a view: clipped in place
        said.append(clipper(step))
        limits.append(clipper.limit.clone())
    skipped = torch.cat([each.skipped for each in said]).numpy()
    return Flow(
        before=np.linalg.norm(raw, axis=1),
        after=np.where(skipped, np.nan, np.linalg.norm(after.double().numpy(), axis=1)),
        limit=torch.cat(limits).double().numpy(),
        fired=torch.cat([each.fired for each in said]).numpy() & ~skipped,
        skipped=skipped,
    )


def accumulated(
    policy: GradientClip, micro: NDArray[np.float64], norm: float = 1.0, weight: float = 1.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The gradient of a step from micro-batches (N, 2): averaged and clipped once, and clipped each and averaged; (2,)
    each. Only the first is the gradient of the large batch, clipped."""
    once = answer(policy, micro.mean(axis=0, keepdims=True), norm, weight).after[0]
    each = answer(policy, micro, norm, weight).after.mean(axis=0)
    return once, each


def disagreeing(
    gradient: NDArray[np.float64], batches: int, spread: float, seed: int = 3
) -> NDArray[np.float64]:
    """(batches, 2) gradients of micro-batches whose mean is `gradient` (2,); spread in multiples of its length."""
    if batches == 1:
        return gradient[None, :].copy()
    away = np.random.default_rng(seed).standard_normal((batches, 2))
    away -= away.mean(axis=0)
    return gradient + spread * np.linalg.norm(gradient) * away / max(float(away.std()), 1e-12) / 2**0.5
