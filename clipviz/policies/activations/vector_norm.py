"""A bound on the length of a vector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import ActivationClip, Knob
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class VectorNormClip(ActivationClip):
    """Shorten each vector of the last axis to at most a chosen length: y = x · min(1, c / ‖x‖).

    The direction stays. Inside the ball the Jacobian is the identity, outside it is (c / ‖x‖)(I − x̂x̂ᵀ): what
    would only make the vector longer gets no gradient. The norm clamp of embeddings (torch.nn.Embedding's
    max_norm changes its weights instead, without a gradient); also for a whole layer's output.

    Used on word vectors since Collobert et al., Natural Language Processing (Almost) from Scratch, 2011.
    """

    title: ClassVar[str] = "Vector norm"
    thresholds: ClassVar[tuple[str, ...]] = ("theta",)
    widest: ClassVar[Mapping[str, float] | None] = {"max_norm": 1e6}
    idempotent: ClassVar[bool] = True

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

    def formula(self, values: Tensor, *, theta: Tensor, **numbers: Any) -> Tensor:
        largest, norm = _norm(values)
        return (values / largest * (theta / norm.clamp(min=1))).where(norm * largest > theta, values)

    def beyond(self, values: Tensor, *, theta: Tensor, **numbers: Tensor) -> Tensor:
        largest, norm = _norm(values)
        return (norm * largest > theta).expand_as(values)

    def kinks(self, *, theta: float, **thresholds: float) -> dict[float, float]:
        return {-theta: 1.0, theta: 1.0}


def _norm(values: Tensor) -> tuple[Tensor, Tensor]:
    """The largest |x| of each vector (1 where all are 0), and the norm in that unit: nothing overflows."""
    from torch.linalg import vector_norm

    largest = values.detach().abs().amax(dim=-1, keepdim=True)
    largest = largest.where(largest > 0, largest * 0 + 1)
    return largest, vector_norm(values / largest, dim=-1, keepdim=True)
