"""A smooth ReLU with a dip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import ActivationFunction

if TYPE_CHECKING:
    from torch import Tensor


class Silu(ActivationFunction):
    """Weigh each value by its own sigmoid; also called swish.

    Smooth, with a dip to −.28 at x = −1.28. Unbounded above. At −inf it says NaN (0 times infinity).
    """

    title: ClassVar[str] = "SiLU"
    formula: ClassVar[str] = r"y = x \, \sigma(x)"
    gradient: ClassVar[str] = r"\frac{\partial y}{\partial x} = \sigma(x) (1 + x (1 - \sigma(x)))"
    use: ClassVar[str] = "As a smooth ReLU in deep networks."
    reference: ClassVar[str] = (
        "Elfwing, Uchibe and Doya, arXiv:1702.03118, 2017; Ramachandran, Zoph and Le, arXiv:1710.05941, 2017."
    )
    traits: ClassVar = frozenset({"export"})
    idempotent: ClassVar[bool] = False

    def apply(self, values: Tensor, **numbers: Any) -> Tensor:
        return values * values.sigmoid()
