"""Everything into (−1, 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import ActivationFunction

if TYPE_CHECKING:
    from torch import Tensor


class Tanh(ActivationFunction):
    """Bend everything into (−1, 1).

    The gradient vanishes for large |x|. Bounded by itself: a clip after it with a threshold above 1 changes
    nothing.
    """

    title: ClassVar[str] = "Tanh"
    formula: ClassVar[str] = r"y = \tanh(x)"
    gradient: ClassVar[str] = r"\frac{\partial y}{\partial x} = 1 - y^2"
    use: ClassVar[str] = "In small and recurrent networks, and as the oldest bounded activation."
    reference: ClassVar[str] = "LeCun, Bottou, Orr and Müller, Efficient BackProp, 1998."
    traits: ClassVar = frozenset({"fixed", "stability", "export"})
    idempotent: ClassVar[bool] = False

    def apply(self, values: Tensor, **numbers: Any) -> Tensor:
        return values.tanh()
