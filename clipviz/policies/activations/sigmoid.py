"""Everything into (0, 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import ActivationFunction

if TYPE_CHECKING:
    from torch import Tensor


class Sigmoid(ActivationFunction):
    """Bend everything into (0, 1): y = 1 / (1 + e^(−x)).

    Gradient y(1 − y), at most ¼, so that it fades layer by layer. Bounded by itself, and never negative: outputs
    are not centred on 0. For gates and probabilities rather than for deep stacks.

    Rumelhart, Hinton and Williams, Learning representations by back-propagating errors, 1986.
    """

    title: ClassVar[str] = "Sigmoid"

    def formula(self, values: Tensor, **numbers: Any) -> Tensor:
        return values.sigmoid()
