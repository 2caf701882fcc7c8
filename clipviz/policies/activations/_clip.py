"""The module that an activation policy becomes."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from clipviz.policies.activations.base import ActivationClip, Knob

FLOOR = 1e-6
"""Smallest positive number learned: softplus underflows to 0 in float32, and x / 0 is no number."""


class Clip(nn.Module):
    """Values of any shape through a policy's formula; it keeps shape and dtype.

    Each number of the formula is a parameter (learned) or a buffer, named raw_<number>: (1,), or (C,) where
    there is one per channel; so replicas with other numbers can be stacked. axis: that of the channels.
    knobs: what each number is. learned: whether any of them is.
    """

    def __init__(self, policy: ActivationClip, channels: int, axis: int = -1) -> None:
        super().__init__()
        self.policy = policy
        self.axis = axis
        self.learned = False
        size = channels if getattr(policy, "per", "layer") == "channel" else 1
        self._held: list[tuple[str, str, bool]] = []
        self.knobs = policy.knobs()
        for name, knob in self.knobs.items():
            first = torch.zeros(size if knob.learned else 1)
            if knob.learned:
                self.learned = True
                self.register_parameter(f"raw_{name}", nn.Parameter(first))
            else:
                self.register_buffer(f"raw_{name}", first)
            self._held.append((name, f"raw_{name}", knob.learned and knob.positive))
            self.start_at(knob.start, name)
        if policy.thresholds:
            self.register_buffer("penalty_rate", torch.tensor(float(getattr(policy, "penalty", 0.0))))
        self._across = size > 1 and axis != -1

    def numbers(self) -> dict[str, Tensor]:
        """What the formula takes, by name: (1,) or (C,) each, differentiable in the parameters."""
        found = {
            name: softplus(getattr(self, raw)) + FLOOR if positive else getattr(self, raw)
            for name, raw, positive in self._held
        }
        return self.policy.arrange(found)

    def readable(self) -> dict[str, Tensor]:
        """The thresholds as a person reads them, by name, (1,) or (C,) each; {} where there are none."""
        return self.policy.readable(self.numbers())

    @property
    def theta(self) -> Tensor:
        """(1,) or (C,) the threshold of a policy that has just one."""
        (only,) = self.readable().values()
        return only

    def forward(self, values: Tensor) -> Tensor:
        if not self._held:
            return self.policy.apply(values)
        return self.policy.apply(values, **self._beside(values, self.numbers()))

    def _beside(self, values: Tensor, numbers: Mapping[str, Tensor]) -> dict[str, Any]:
        """Numbers in the dtype of the values, shaped to broadcast along their channel axis; the axis for a policy that
        asks for it."""
        fitted: dict[str, Any] = {name: number.to(values.dtype) for name, number in numbers.items()}
        if self._across:
            tail = [1] * (values.ndim - 1 - self.axis % values.ndim)
            fitted = {name: number.view(-1, *tail) for name, number in fitted.items()}
        return fitted | {"axis": self.axis} if self.policy.vectors else fitted

    def saturation_at(self, values: Tensor, theta: Tensor) -> Tensor:
        """() the share of values that a theta (1,) holds; the other numbers are the module's own."""
        others = {name: getattr(self, raw) for name, raw, _ in self._held if name != "theta"}
        return self._share(self.policy.beyond(values, theta=theta, **others))

    @torch.no_grad()
    def saturation(self, values: Tensor) -> Tensor:
        """() the share of values that a threshold holds."""
        return self._share(self.policy.beyond(values, **self._beside(values, self.numbers())))

    def informing(self, values: Tensor) -> Tensor:
        """() the share of values that send a threshold a gradient."""
        with torch.enable_grad():
            given = self._beside(values, {name: n.detach() for name, n in self.numbers().items()})
            each = {
                name: number.expand_as(values).clone().requires_grad_() if name in self.policy.thresholds else number
                for name, number in given.items()
            }  # fmt: skip
            wanted = [each[name] for name in self.policy.thresholds]
            said = self.policy.apply(values.detach(), **each)
            if not said.requires_grad:
                return self._share(torch.zeros_like(values, dtype=torch.bool))
            slopes = torch.autograd.grad(said.sum(), wanted, allow_unused=True)
        moved = torch.zeros_like(values, dtype=torch.bool)
        for slope in slopes:
            if slope is not None:
                moved |= slope != 0
        return self._share(moved)

    def _share(self, which: Tensor) -> Tensor:
        return which.mean(dtype=torch.float32)

    def penalty(self) -> Tensor:
        """() what the thresholds add to the loss: ½ · penalty · Σ theta²; 0 where there are none."""
        bounds = list(self.readable().values())
        if not bounds:
            return torch.zeros(())
        return 0.5 * self.get_buffer("penalty_rate") * torch.cat(bounds).square().sum()

    @torch.no_grad()
    def start_at(self, value: float | Tensor, name: str = "theta") -> None:
        """Sets one number, for all channels or for each (C,); a positive one above 1e-6."""
        knob: Knob = self.knobs[name]
        raw: Tensor = getattr(self, f"raw_{name}")
        wanted = torch.as_tensor(value, dtype=torch.float64, device=raw.device)
        if knob.learned and knob.positive:
            wanted = wanted - FLOOR
            wanted = wanted + torch.log(-torch.expm1(-wanted))  # the inverse of softplus
        raw.copy_(wanted.expand_as(raw))

    def extra_repr(self) -> str:
        told = [type(self.policy).__name__]
        for name, number in self.numbers().items():
            told.append(f"{name}={number.item():.4g}" if len(number) == 1 else f"{name}: {len(number)}")
        return ", ".join(told)
