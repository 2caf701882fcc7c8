"""Each parameter's gradient, limited by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field

from clipviz.policies.gradients.base import Clipper, GradientClip, Spec, numbers
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class PerParameterClip(GradientClip):
    """Shorten the gradient of each parameter tensor to at most M, each by itself.

    A weight matrix and its bias are two tensors. One that explodes is held back without slowing the others down,
    which is what the global norm does; the price is that the tensors' lengths lose their proportion.
    """

    title: ClassVar[str] = "Per parameter"
    traits: ClassVar = frozenset({"control", "fixed", "stability", "export"})
    formula: ClassVar[str] = (
        r"\hat g_t = g_t \cdot \min\left(1, \frac{M}{\|g_t\|_2}\right) \text{ for each tensor } t"
    )
    gradient: ClassVar[str] = r"\text{The direction is kept within a tensor, not between tensors.}"
    use: ClassVar[str] = "When one tensor explodes now and then and the others are well; watch the cosine."
    reference: ClassVar[str] = (
        "Goodfellow, Bengio and Courville, Deep Learning, section 10.11.1, 2016 (by parameter or by block)."
    )
    turns: ClassVar[bool] = True
    widest: ClassVar = {"max_norm": 1e6}

    max_norm: float = Field(
        1.0,
        gt=0,
        le=1e6,
        title="Largest norm",
        description="M, the longest gradient of one parameter tensor that passes unchanged.",
        json_schema_extra=extra("gradient norm", 0.1, 0.5, 1.0, 5.0),
    )

    @classmethod
    def together(cls, policies: Sequence[Self], specs: Sequence[Spec], weights: Tensor) -> Clipper:
        from clipviz.policies.gradients._parts import Parts, PartsShortener

        parts = Parts([(1, spec.size) for spec in specs], weights.device)
        return PartsShortener(_Same(numbers(policies, "max_norm", weights)), parts, weights)


class _Same:
    """One bound (K,) for all parts."""

    def __init__(self, bound: Tensor) -> None:
        self._bound = bound.unsqueeze(1)

    def bounds(self, norms: Tensor, before: Tensor, lost: Tensor) -> Tensor:
        return self._bound.expand_as(norms)

    def state(self) -> dict[str, Tensor]:
        return {}
