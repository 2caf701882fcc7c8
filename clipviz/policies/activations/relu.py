"""Nothing below zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import ActivationFunction

if TYPE_CHECKING:
    from torch import Tensor


class Relu(ActivationFunction):
    """Keep what is positive.

    Unbounded above, which is why clips follow it. A unit that is negative for every row is dead: nothing
    moves it any more.
    """

    title: ClassVar[str] = "ReLU"
    formula: ClassVar[str] = r"y = \max(x, 0)"
    gradient: ClassVar[str] = r"\frac{\partial y}{\partial x} = 1 \text{ for } x > 0 \text{, else 0}"
    use: ClassVar[str] = "The usual nonlinearity; cheap, and sparse."
    reference: ClassVar[str] = (
        "Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, ICML, 2010."
    )
    traits: ClassVar = frozenset({"sparsity", "export"})
    explicit: ClassVar[bool] = True

    def apply(self, values: Tensor, **numbers: Any) -> Tensor:
        return values.relu()

    def ahead(self, values: Tensor, said: Tensor, kept: Tensor, **numbers: Any) -> None:
        from clipviz.policies.activations._passes import relu

        relu(values, said)

    def back(self, slope: Tensor, values: Tensor, said: Tensor, kept: Tensor, **numbers: Any) -> None:
        from clipviz.policies.activations._passes import relu_back

        relu_back(slope, said)

    def kinks(self, **thresholds: Any) -> dict[float, float]:
        return {0.0: 0.0}
