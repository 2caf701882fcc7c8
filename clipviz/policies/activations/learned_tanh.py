"""A smooth bound that the network learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import LearnedSymmetric

if TYPE_CHECKING:
    from torch import Tensor

KNEE = 1.8317808230648232
"""artanh(.95): where |y| = .95 theta and the slope is .0975."""


class LearnedTanhClip(LearnedSymmetric):
    """Bend each layer's output into (−theta, theta) with a theta that is learned.

    Every value that is not 0 informs theta, by about ⅔u³ near 0, and ∂y/∂x is never quite 0 within float
    range of u. It also shrinks values below theta a little (y = .76 theta at x = theta). A value counts as
    saturated where |y| > .95 theta. theta stays positive through softplus.
    """

    title: ClassVar[str] = "Learned, tanh"
    formula: ClassVar[str] = r"y = \theta \tanh(u), \quad u = x / \theta"
    gradient: ClassVar[str] = (
        r"\frac{\partial y}{\partial x} = \operatorname{sech}^2 u; \quad \frac{\partial "
        r"y}{\partial \theta} = \tanh u - u \operatorname{sech}^2 u"
    )
    use: ClassVar[str] = "The smooth choice: no kink, and a threshold that learns from every row."
    reference: ClassVar[str] = (
        "As the soft cap of Gemma 2: Gemma Team, arXiv:2408.00118, 2024 (fixed there, on logits)."
    )
    traits: ClassVar = frozenset({"moving", "stability", "export"})
    widest: ClassVar = {"start": 1e6}
    idempotent: ClassVar[bool] = False
    explicit: ClassVar[bool] = True

    def apply(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        return theta * (values / theta).tanh()

    def trained(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        from clipviz.policies.activations._bend import bend

        return bend(values, theta)

    def ahead(self, values: Tensor, said: Tensor, kept: Tensor, theta: Tensor, **numbers: Any) -> None:
        from clipviz.policies.activations._passes import bend

        bend(values, theta, said, kept)

    def back(
        self, slope: Tensor, values: Tensor, said: Tensor, kept: Tensor, theta: Tensor, **numbers: Any
    ) -> Tensor:
        from clipviz.policies.activations._passes import bend_back

        return bend_back(slope, values, said, kept, theta)

    def beyond(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        return values.abs().gt_(theta * KNEE)
