"""A smooth bound that the network learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import LearnedSymmetric

if TYPE_CHECKING:
    from torch import Tensor

KNEE = 1.8317808230648232
"""artanh(.95): where |y| = .95 theta and the slope is .0975."""


class LearnedTanhClip(LearnedSymmetric):
    """Bend each layer's output into (−theta, theta) with a learned theta: y = theta · tanh(x / theta).

    With u = x / theta: ∂y/∂x = sech²u, never quite 0 within float range of u; ∂y/∂theta = tanh u − u·sech²u,
    about ⅔u³ near 0: every value that is not 0 informs theta. It also shrinks values below theta a little (y
    = .76 theta at x = theta). A value counts as saturated where |y| > .95 theta. theta stays positive through
    softplus.

    The same form as the soft cap of Gemma 2: Gemma Team, arXiv:2408.00118, 2024 (fixed there, on logits).
    """

    title: ClassVar[str] = "Learned, tanh"

    def formula(self, values: Tensor, *, theta: Tensor, **numbers: Any) -> Tensor:
        return theta * (values / theta).tanh()

    def beyond(self, values: Tensor, *, theta: Tensor, **numbers: Tensor) -> Tensor:
        return values.abs() > theta * KNEE
