"""A bound on the length of a vector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import ActivationClip, Knob
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class VectorNormClip(ActivationClip):
    """Shorten each vector of channels to at most a chosen length; its direction stays.

    A vector is what a layer says of one row, one word, or one pixel of a map.
    Inside the ball nothing changes; outside, what would only make the vector longer gets no gradient.
    torch.nn.Embedding's max_norm changes the weights instead, without a gradient. A vector with an infinity
    has no direction and stays as it is.
    """

    title: ClassVar[str] = "Vector norm"
    formula: ClassVar[str] = r"y = x \cdot \min(1, c / \lVert x \rVert)"
    gradient: ClassVar[str] = (
        r"J = I \text{ inside}, \quad J = \frac{c}{\lVert x \rVert} (I - \hat x \hat x^\top) "
        r"\text{ outside}"
    )
    use: ClassVar[str] = (
        "On embeddings, or where the length of a layer's output should be bounded rather than each value."
    )
    reference: ClassVar[str] = (
        "As the max-norm rule of Srivastava et al., Dropout, JMLR 15, 2014 (there on weights)."
    )
    traits: ClassVar = frozenset({"control", "fixed", "stability", "export"})
    widest: ClassVar = {"max_norm": 1e6}
    thresholds: ClassVar[tuple[str, ...]] = ("theta",)
    vectors: ClassVar[bool] = True

    max_norm: float = Field(
        1.0,
        gt=0,
        le=1e6,
        title="Largest norm",
        description="c, the longest vector that passes unchanged.",
        json_schema_extra=extra("layer output", 1.0, 3.0, 10.0),
    )

    def knobs(self) -> dict[str, Knob]:
        return {"theta": Knob(self.max_norm)}

    def apply(self, values: Tensor, theta: Tensor, axis: int = -1, **numbers: Any) -> Tensor:
        largest, norm = _norm(values, axis)
        return (values / largest * (theta / norm.clamp(min=1))).where(norm * largest > theta, values)

    def beyond(self, values: Tensor, theta: Tensor, axis: int = -1, **numbers: Any) -> Tensor:
        largest, norm = _norm(values, axis)
        return (norm * largest > theta).expand_as(values)

    def kinks(self, theta: float, **thresholds: Any) -> dict[float, float]:
        return {-theta: 1.0, theta: 1.0}


def _norm(values: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """The largest |x| of each vector (1 where all are 0), and the norm in that unit: nothing overflows."""
    from torch.linalg import vector_norm

    largest = values.detach().abs().amax(dim=axis, keepdim=True)
    largest = largest.where(largest > 0, largest * 0 + 1)
    return largest, vector_norm(values / largest, dim=axis, keepdim=True)
