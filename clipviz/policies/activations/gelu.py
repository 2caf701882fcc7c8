"""A ReLU weighed by the normal distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import ActivationFunction

if TYPE_CHECKING:
    from torch import Tensor


class Gelu(ActivationFunction):
    """Weigh each value by the share of a normal distribution below it.

    Smooth, with a dip to −.17 at x = −.75. Unbounded above. The exact form, with erf. At an infinity
    it says NaN.
    """

    title: ClassVar[str] = "GELU"
    formula: ClassVar[str] = r"y = x \, \Phi(x)"
    gradient: ClassVar[str] = r"\frac{\partial y}{\partial x} = \Phi(x) + x \varphi(x)"
    use: ClassVar[str] = "As a smooth ReLU; usual in transformers."
    reference: ClassVar[str] = "Hendrycks and Gimpel, arXiv:1606.08415, 2016."
    traits: ClassVar = frozenset({"export"})
    idempotent: ClassVar[bool] = False

    def apply(self, values: Tensor, **numbers: Any) -> Tensor:
        from torch.nn.functional import gelu

        return gelu(values)
