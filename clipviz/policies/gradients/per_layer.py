"""Each layer's gradient, limited by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field

from clipviz.policies.gradients.base import Clipper, GradientClip, Spec, numbers
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class PerLayerClip(GradientClip):
    """Shorten the gradient of each layer to at most M: its weights, biases and threshold together.

    Between the global norm, where one exploding layer slows all the others down, and the clip by parameter, where
    a weight matrix and its bias lose their proportion.
    """

    title: ClassVar[str] = "Per layer"
    traits: ClassVar = frozenset({"control", "fixed", "stability", "export"})
    formula: ClassVar[str] = (
        r"\hat g_l = g_l \cdot \min\left(1, \frac{M}{\|g_l\|_2}\right) \text{ for each layer } l"
    )
    gradient: ClassVar[str] = r"\text{The direction is kept within a layer, not between layers.}"
    use: ClassVar[str] = (
        "When the layer norms on the Train page differ by orders of magnitude; watch the cosine."
    )
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
        description="M, the longest gradient of one layer that passes unchanged.",
        json_schema_extra=extra("gradient norm", 0.1, 0.5, 1.0, 5.0),
    )

    @classmethod
    def together(cls, policies: Sequence[Self], specs: Sequence[Spec], weights: Tensor) -> Clipper:
        from clipviz.policies.gradients._parts import Parts, PartsShortener

        parts = Parts([(1, spec.size) for spec in specs], weights.device)
        return PartsShortener(_Layers(specs, numbers(policies, "max_norm", weights)), parts, weights)


class _Layers:
    """One bound (K,) for all layers, handed to each parameter as its share of its layer's."""

    def __init__(self, specs: Sequence[Spec], bound: Tensor) -> None:
        import torch

        layers = list(dict.fromkeys(spec.layer for spec in specs))
        where = [layers.index(spec.layer) for spec in specs]
        member = torch.nn.functional.one_hot(torch.tensor(where), len(layers)).T
        self._member = member.to(bound)  # (L, S)
        self._layer_of = torch.tensor(where, device=bound.device)
        self._bound = bound.unsqueeze(1)  # (K, 1)
        self._norm = torch.linalg.vector_norm

    def bounds(self, norms: Tensor, before: Tensor, lost: Tensor) -> Tensor:
        layers: Tensor = self._norm(norms.unsqueeze(1) * self._member, dim=2)  # (K, L)
        return norms * (self._bound / layers.index_select(1, self._layer_of))

    def state(self) -> dict[str, Tensor]:
        return {}
