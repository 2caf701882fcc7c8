"""Each entry of the gradient, limited by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field

from clipviz.policies.gradients.base import Clipped, Clipper, GradientClip, Spec, euclid, not_finite, numbers
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class ValueClip(GradientClip):
    """Limit each entry of the gradient to [−v, v].

    Large entries lose against small ones, down to the bare sign of g when v is small. Clamping would turn an
    infinite entry into v and hide the overflow: here a gradient that is not finite is seen first, and its step
    is skipped. It fires where the largest entry is beyond v.
    """

    title: ClassVar[str] = "Value"
    traits: ClassVar = frozenset({"control", "fixed", "stability", "export"})
    formula: ClassVar[str] = r"\hat g_i = \min(\max(g_i, -v), v)"
    gradient: ClassVar[str] = r"\text{The direction turns towards the small entries; no sign changes.}"
    use: ClassVar[str] = (
        "Where single entries spike. Watch the cosine: a low one means that the direction is lost."
    )
    reference: ClassVar[str] = "Mikolov, Statistical Language Models Based on Neural Networks, 2012."
    turns: ClassVar[bool] = True
    widest: ClassVar = {"max_value": 1e6}

    max_value: float = Field(
        1.0,
        gt=0,
        le=1e6,
        title="Largest entry",
        description="v, the largest absolute entry that passes unchanged.",
        json_schema_extra=extra("gradient", 0.01, 0.1, 0.5, 1.0),
    )

    @classmethod
    def together(cls, policies: Sequence[Self], specs: Sequence[Spec], weights: Tensor) -> Clipper:
        return _Limit(numbers(policies, "max_value", weights))


class _Limit(Clipper):
    """limit: (K,) float64, the largest entry."""

    adapts = turns = True

    def __init__(self, limit: Tensor) -> None:
        import torch

        self.limit = limit.to(torch.float32)
        self._entry = limit
        self._dot = torch.linalg.vecdot

    def __call__(self, gradient: Tensor, norm: Tensor | None = None) -> Clipped:
        before = euclid(gradient, norm)  # (K,)
        largest = gradient.abs().amax(dim=1)
        bound = self._entry.to(gradient.dtype)  # float32 has no 0.1: entries at the bound are not beyond it
        cut = gradient.minimum(bound.unsqueeze(1)).maximum(-bound.unsqueeze(1))
        after = euclid(cut)
        nothing = before == 0
        # in float64, where the product of two huge entries does not overflow
        along = self._dot(gradient.to(before.dtype), cut.to(before.dtype)) / before / after
        cosine = along.clamp_(max=1.0).masked_fill_(nothing, 1.0)
        gradient.copy_(cut)
        coefficient = (after / before).masked_fill_(nothing, 1.0)
        self.limit.copy_(self._entry * (before / largest).masked_fill_(nothing, 1.0))
        return Clipped(before, after, coefficient, largest > bound, not_finite(before), cosine)
