"""What an activation policy does to single values: its value and its gradients, along a line."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clipviz.policies.activations.base import ActivationClip

if TYPE_CHECKING:
    from torch import Tensor, nn

FLAT = 0.0975
"""A slope at most this is saturated: that of θ·tanh(x/θ) where |y| = .95 θ."""


@dataclass(frozen=True)
class Curve:
    """x, y, slope: (N,) float64, y = policy(x) and slope = ∂y/∂x.

    thresholds: ∂y/∂(parameter) by name, (N,) each; empty where nothing is learned. A threshold behind softplus is
    taken by its own value, not by the raw parameter. values: where the thresholds stand, learned or not.
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

    def measured(self) -> dict[str, float]:
        """Mean gradient that each threshold would get from values like these, if every ∂loss/∂y were 1."""
        return {name: float(np.mean(np.abs(gradient))) for name, gradient in self.thresholds.items()}


def start(module: nn.Module, policy: ActivationClip, values: NDArray[np.float64]) -> None:
    """Starts a threshold that is to be measured where training would: at its quantile of |values|, if that is > 0."""
    if getattr(policy, "start", 0.0) is None and len(values):
        found = float(np.quantile(np.abs(values), getattr(policy, "start_quantile", 0.999)))
        if 1e-5 < found < math.inf:
            module.start_at(found)  # type: ignore[operator]


def curve(policy: ActivationClip, x: NDArray[np.float64], typical: NDArray[np.float64]) -> Curve:
    """The policy along x (N,), with thresholds that are to be measured started at `typical` values (M,).

    Every value passes through a copy of its own, so that its gradient on the threshold is its own too.
    """
    import torch
    from torch.func import functional_call, vmap

    module = policy.build(1).double()
    start(module, policy, typical)
    line = torch.from_numpy(np.array(x, dtype=np.float64)).requires_grad_()
    own = {
        name: value.detach().expand(len(x), *value.shape).clone().requires_grad_()
        for name, value in module.named_parameters()
    }
    fixed = dict(module.named_buffers())

    def one(parameters: dict[str, Tensor], value: Tensor) -> Tensor:
        said: Tensor = functional_call(module, {**parameters, **fixed}, (value.reshape(1, 1),))
        return said.reshape(())

    with torch.enable_grad():
        said: Tensor = vmap(one)(own, line)  # (N,)
        wanted = [line, *own.values()]
        found: list[Tensor | None] = [None] * len(wanted)
        if said.requires_grad:
            found = list(torch.autograd.grad(said.sum(), wanted, allow_unused=True))
    slope = torch.zeros_like(line) if found[0] is None else found[0]
    learned = dict(zip(own, found[1:], strict=True))
    return Curve(
        x=np.asarray(x, dtype=np.float64),
        y=said.detach().numpy(),
        slope=slope.numpy(),
        thresholds={
            _named(name): (
                np.zeros(len(x))
                if gradient is None
                else gradient.flatten(1).sum(1).numpy() / _steepness(module, name)
            )
            for name, gradient in learned.items()
        },
        values=_standing(module),
        untaught=tuple(_named(name) for name, gradient in learned.items() if gradient is None),
    )


def _named(parameter: str) -> str:
    return "theta" if parameter == "raw" else parameter.removeprefix("raw_")


def _steepness(module: nn.Module, parameter: str) -> float:
    """d(threshold)/d(parameter), for a parameter that hides its threshold behind a positive function; else 1."""
    import torch

    threshold = getattr(module, _named(parameter), None)
    raw = dict(module.named_parameters())[parameter]
    if threshold is raw or not isinstance(threshold, torch.Tensor) or not threshold.requires_grad:
        return 1.0
    return float(torch.autograd.grad(threshold.sum(), raw)[0].sum())


def _standing(module: nn.Module) -> dict[str, float]:
    names = [_named(name) for name, _ in (*module.named_parameters(), *module.named_buffers())]
    found = {}
    for name in names:
        value = getattr(module, name, None)
        if value is not None and value.numel() == 1:
            found[name] = float(value.detach())
    return found


def _share(mask: NDArray[np.bool_]) -> float:
    return float(mask.mean()) if len(mask) else math.nan
