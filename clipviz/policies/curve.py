"""An activation policy as curves: values, slopes, and what each point sends its thresholds."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clipviz.policies.activations.base import ActivationClip

Floats = NDArray[np.float64]


class Curve(NamedTuple):
    """A policy on points x (N,): y, dy/dx as autograd tells it, and dy/dtheta by threshold, (N,) each.

    thresholds: where they stood; a learned number that is no bound, as the slope of a PReLU, counts as one here.
    by_threshold: None for one that is no part of autograd's graph, as that of a gate which compares; training leaves
    such a one where it is.
    """

    x: Floats
    y: Floats
    slope: Floats
    by_threshold: dict[str, Floats | None]
    thresholds: dict[str, float]


def names(policy: ActivationClip) -> tuple[str, ...]:
    """The numbers of a policy that have a gradient to show: its thresholds, else what it learns."""
    return policy.thresholds or tuple(name for name, knob in policy.knobs().items() if knob.learned)


def curve(policy: ActivationClip, x: Floats, **thresholds: float) -> Curve:
    """The curve of a policy on a grid, in float64; each point is a layer of one channel.

    thresholds: values other than the policy's start, by name (see `names`), in units of x. Raises TypeError for a
    name that the policy does not have.
    """
    import torch

    if unknown := thresholds.keys() - set(names(policy)):
        raise TypeError(f"{type(policy).__name__} has thresholds {names(policy)}, not {sorted(unknown)}")
    points = torch.tensor(np.asarray(x, np.float64)).unsqueeze(1).requires_grad_()  # (N, 1)
    numbers = _numbers(policy)
    stands = {name: thresholds.get(name, float(numbers[name])) for name in names(policy)}
    for name, at in stands.items():
        numbers[name] = torch.full_like(points, at, requires_grad=True)
    said = policy.apply(points, **numbers)
    leaves = [points, *(numbers[name] for name in names(policy))]
    slope, *sent = torch.autograd.grad(said.sum(), leaves, allow_unused=True)
    return Curve(
        x=np.asarray(x, np.float64),
        y=said.detach().squeeze(1).numpy(),
        slope=np.zeros(len(points)) if slope is None else slope.squeeze(1).numpy(),
        by_threshold={
            name: None if each is None else each.squeeze(1).numpy()
            for name, each in zip(names(policy), sent, strict=True)
        },
        thresholds=stands,
    )


def _numbers(policy: ActivationClip) -> dict[str, Any]:
    """What the formula takes where nothing has been learned yet, (1,) float64 each."""
    import torch

    held = {name: torch.tensor([knob.start], dtype=torch.float64) for name, knob in policy.knobs().items()}
    return policy.arrange(held)
