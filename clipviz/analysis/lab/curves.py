"""What an activation policy does to single values: its value and its gradients, along a line."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from clipviz.policies import curve as policies
from clipviz.policies.activations.base import ActivationClip

FLAT = 0.0975
"""A slope at most this is saturated: that of θ·tanh(x/θ) where |y| = .95 θ."""


@dataclass(frozen=True)
class Curve:
    """x, y, slope: (N,) float64, y = policy(x) and slope = ∂y/∂x.

    thresholds: ∂y/∂(threshold) by name, (N,) each, by its own value, not by the parameter that hides it; empty where
    nothing is learned. values: where the thresholds stand, learned or not.
    untaught: the learned parameters that no gradient can ever reach, for the output does not depend on them in a
    way that autograd can follow.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    slope: NDArray[np.float64]
    thresholds: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    untaught: tuple[str, ...] = ()

    @property
    def dead(self) -> float:
        """Share of values that become exactly 0 and get no gradient; NaN for no values."""
        return _share((self.y == 0) & (self.slope == 0))

    @property
    def saturated(self) -> float:
        """Share of values that are not dead and have a slope of at most .0975; NaN for no values."""
        return _share((np.abs(self.slope) <= FLAT) & ~((self.y == 0) & (self.slope == 0)))


def curve(policy: ActivationClip, x: NDArray[np.float64], typical: NDArray[np.float64]) -> Curve:
    """The policy along x (N,), with thresholds that are to be measured started where `typical` values (M,) say."""
    found = policies.curve(policy, x, **_standing(policy, typical))
    learned = any(knob.learned for knob in policy.knobs().values())
    return Curve(
        x=found.x,
        y=found.y,
        slope=found.slope,
        thresholds={
            name: np.zeros(len(found.x)) if sent is None else sent
            for name, sent in found.by_threshold.items()
            if learned
        },
        values=found.thresholds,
        untaught=tuple(name for name, sent in found.by_threshold.items() if sent is None),
    )


def _standing(policy: ActivationClip, typical: NDArray[np.float64]) -> dict[str, float]:
    """Where the thresholds of a policy stand before the first step."""
    import torch

    from clipviz.policies.activations._calibration import calibrate, waits
    from clipviz.policies.activations._clip import Clip

    clip = Clip(policy, 1).double()
    if waits(clip) and len(typical):
        calibrate(clip, torch.tensor(typical, dtype=torch.float64).unsqueeze(1))
    numbers = clip.numbers()
    return {name: float(numbers[name].detach()) for name in policies.names(policy)}


def _share(mask: NDArray[np.bool_]) -> float:
    return float(mask.mean()) if len(mask) else math.nan
