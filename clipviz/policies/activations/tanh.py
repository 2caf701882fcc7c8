"""Everything into (−1, 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import ActivationFunction

if TYPE_CHECKING:
    from torch import Tensor


class Tanh(ActivationFunction):
    """Bend everything into (−1, 1): y = tanh(x).

    Gradient 1 − y², at most 1, in the middle, and vanishing for large |x|. Bounded by itself: a clip after it with
    a threshold above 1 changes nothing.

    LeCun, Bottou, Orr and Müller, Efficient BackProp, 1998.
    """

    title: ClassVar[str] = "Tanh"

    def formula(self, values: Tensor, **numbers: Any) -> Tensor:
        return values.tanh()
