"""A smooth ReLU with a dip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import ActivationFunction

if TYPE_CHECKING:
    from torch import Tensor


class Silu(ActivationFunction):
    """Weigh each value by its own sigmoid: y = x · σ(x).

    Smooth, with a dip to −.28 at x = −1.28; gradient σ(x)(1 + x(1 − σ(x))), up to 1.1. Unbounded above. At −inf
    it says NaN (0 times infinity). Also called swish.

    Elfwing, Uchibe and Doya, arXiv:1702.03118, 2017; Ramachandran, Zoph and Le, arXiv:1710.05941, 2017.
    """

    title: ClassVar[str] = "SiLU"

    def formula(self, values: Tensor, **numbers: Any) -> Tensor:
        return values * values.sigmoid()
