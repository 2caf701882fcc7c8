"""A ReLU weighed by the normal distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import ActivationFunction

if TYPE_CHECKING:
    from torch import Tensor


class Gelu(ActivationFunction):
    """Weigh each value by the share of a normal distribution below it: y = x · Φ(x).

    Smooth, with a dip to −.17 at x = −.75; gradient Φ(x) + x·φ(x). Unbounded above. The exact form, with erf. At
    −inf it says NaN.

    Hendrycks and Gimpel, arXiv:1606.08415, 2016.
    """

    title: ClassVar[str] = "GELU"

    def formula(self, values: Tensor, **numbers: Any) -> Tensor:
        from torch.nn.functional import gelu

        return gelu(values)
