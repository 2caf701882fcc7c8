"""Where learned thresholds start, measured in what flows into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from clipviz.policies.activations.base import LEAST_START, Measured

if TYPE_CHECKING:
    from clipviz.policies.activations._clip import Clip


def waits(clip: Clip) -> bool:
    """Whether the start of a clip is to be measured."""
    return isinstance(clip.policy, Measured) and clip.policy.start is None


@torch.no_grad()
def calibrate(clip: Clip, values: Tensor) -> str:
    """Starts the thresholds of a clip that waits, where its policy measures them in values; says where, in words.

    What is not to be measured (0, not finite) starts at 1; a channel where that is so, where its layer starts.
    """
    policy = clip.policy
    if not isinstance(policy, Measured):
        raise TypeError(f"{type(policy).__name__} measures no start")
    layer = policy.measure(values.reshape(-1, 1))  # (1,) each
    usable = all(_usable(number, name, clip).all() for name, number in layer.items())
    for name, number in layer.items() if usable else ():
        size = len(clip.get_parameter(f"raw_{name}"))
        if size > 1:
            each = policy.measure(values.movedim(clip.axis, -1).reshape(-1, size))[name]
            number = each.where(_usable(each, name, clip), number)
        clip.start_at(number, name)
    bounds = clip.readable()
    told = ", ".join(
        f"{name} " * (len(bounds) > 1) + f"{bound.median():.3g}" for name, bound in bounds.items()
    )
    if usable:
        return f"threshold starts at {told}, {policy.measured}"
    found = ", ".join(f"{number.item():g}" for number in layer.values())
    return f"threshold starts at {told}, for {policy.measured} is {found}"


def _usable(number: Tensor, name: str, clip: Clip) -> Tensor:
    return number.isfinite() & (number > LEAST_START) if clip.knobs[name].positive else number.isfinite()
