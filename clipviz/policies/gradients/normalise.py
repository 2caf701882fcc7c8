"""Gradients beyond a length, set to that length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field

from clipviz.policies.gradients.base import Clipper, GradientClip, Spec, numbers
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class NormaliseAbove(GradientClip):
    """Give every gradient beyond tau exactly the length tau, and leave the others alone.

    The clip as it was published: torch's form of it (global norm) divides by ‖g‖ + 1e-6, so that its result is a
    hair shorter, even at the limit; here nothing at or below tau changes by a bit. It does not normalise short
    gradients: a step near a minimum stays small.
    """

    title: ClassVar[str] = "Normalise above"
    traits: ClassVar = frozenset({"control", "fixed", "stability", "export"})
    formula: ClassVar[str] = r"\hat g = \tau \frac{g}{\|g\|} \text{ where } \|g\| > \tau \text{, else } g"
    gradient: ClassVar[str] = r"\text{The direction is kept, the length is at most } \tau."
    use: ClassVar[str] = (
        "Recurrent networks, and wherever the exact published form is wanted; tau between half and ten "
        "times the usual norm."
    )
    reference: ClassVar[str] = (
        "Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, "
        "arXiv:1211.5063, 2013, algorithm 1."
    )
    widest: ClassVar = {"threshold": 1e6}

    threshold: float = Field(
        1.0,
        gt=0,
        le=1e6,
        title="Threshold",
        description="tau, the longest gradient that passes unchanged.",
        json_schema_extra=extra("gradient norm", 0.1, 0.5, 1.0, 5.0),
    )

    @classmethod
    def together(cls, policies: Sequence[Self], specs: Sequence[Spec], weights: Tensor) -> Clipper:
        from clipviz.policies.gradients._shorten import Shortener

        return Shortener(_Always(numbers(policies, "threshold", weights)), weights)


class _Always:
    def __init__(self, length: Tensor) -> None:
        self._length = length

    def bound(self, norm: Tensor, lost: Tensor) -> tuple[Tensor, Tensor]:
        return self._length, self._length

    def state(self) -> dict[str, Tensor]:
        return {}
