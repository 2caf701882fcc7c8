"""Everything into (0, 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import ActivationFunction

if TYPE_CHECKING:
    from torch import Tensor


class Sigmoid(ActivationFunction):
    """Bend everything into (0, 1).

    The gradient is at most ¼, so that it fades layer by layer, and outputs are never centred on 0.
    """

    title: ClassVar[str] = "Sigmoid"
    formula: ClassVar[str] = "y = 1 / (1 + e^{-x})"
    gradient: ClassVar[str] = r"\frac{\partial y}{\partial x} = y (1 - y)"
    use: ClassVar[str] = "For gates and probabilities rather than for deep stacks."
    reference: ClassVar[str] = (
        "Rumelhart, Hinton and Williams, Learning Representations by Back-Propagating Errors, Nature, 1986."
    )
    traits: ClassVar = frozenset({"fixed", "stability", "export"})
    idempotent: ClassVar[bool] = False

    def apply(self, values: Tensor, **numbers: Any) -> Tensor:
        return values.sigmoid()
