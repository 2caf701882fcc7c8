"""No activation clip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import ActivationClip

if TYPE_CHECKING:
    from torch import Tensor


class NoClip(ActivationClip):
    """Leave what a layer says as it is: the baseline that every other clip is compared with."""

    title: ClassVar[str] = "None"
    formula: ClassVar[str] = "y = x"
    gradient: ClassVar[str] = r"\frac{\partial y}{\partial x} = 1"
    use: ClassVar[str] = "As the comparison."
    reference: ClassVar[str] = "The plain network."
    traits: ClassVar = frozenset({"export"})
    widest: ClassVar = {}

    def apply(self, values: Tensor, **numbers: Any) -> Tensor:
        return values
