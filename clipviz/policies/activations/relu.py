"""Nothing below zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import ActivationFunction

if TYPE_CHECKING:
    from torch import Tensor


class Relu(ActivationFunction):
    """Keep what is positive: y = max(x, 0).

    Gradient 1 above 0, 0 below and at 0. Unbounded above, which is why clips follow it; a unit that is negative
    for every row is dead, for nothing moves it any more. At NaN its gradient is 1 in torch.

    Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, 2010.
    """

    title: ClassVar[str] = "ReLU"
    idempotent: ClassVar[bool] = True

    def formula(self, values: Tensor, **numbers: Any) -> Tensor:
        return values.relu()

    def kinks(self, **thresholds: float) -> dict[float, float]:
        return {0.0: 0.0}
