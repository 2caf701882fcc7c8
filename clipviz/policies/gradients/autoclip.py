"""The whole gradient, limited by a percentile of the norms so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field

from clipviz.policies.gradients.base import Clipper, GradientClip, Spec, numbers, shared
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor

    from clipviz.policies.gradients._history import Ordered


class AutoClip(GradientClip):
    """Limit the gradient's norm to a percentile of the norms seen so far, this one included.

    With the authors' 10th percentile about nine steps of ten are clipped once norms are steady: the gradient is
    nearly normalised, which is meant. The authors keep all norms; here the last ones, so that memory is bounded
    and a long run forgets its beginning. Norms that are not finite are not kept, nor
    those that are exactly zero: a limit of zero would stop the training for good.
    """

    title: ClassVar[str] = "AutoClip"
    traits: ClassVar = frozenset({"moving", "stability", "export"})
    formula: ClassVar[str] = (
        r"\hat g = g \cdot \min\left(1, \frac{M}{\|g\|}\right), \quad "
        r"M = \operatorname{percentile}_p(\|g_{t-N+1}\|, \dots, \|g_t\|)"
    )
    gradient: ClassVar[str] = r"\text{The direction is kept, the length is at most } M."
    use: ClassVar[str] = (
        "When no good fixed limit is known: one number that needs no tuning to the size of gradients."
    )
    reference: ClassVar[str] = (
        "Seetharaman, Wichern, Pardo and Le Roux, AutoClip: Adaptive Gradient Clipping for Source Separation "
        "Networks, arXiv:2007.14469, MLSP 2020."
    )
    widest: ClassVar = {"percentile": 100.0}
    idempotent: ClassVar[bool] = False

    percentile: float = Field(
        10.0,
        ge=0,
        le=100,
        title="Percentile",
        description="p: this percentage of the norms seen lies below the limit.",
        json_schema_extra=extra("% of norms", 10.0, 50.0, 90.0, 99.0),
    )
    window: int = Field(
        1000,
        ge=1,
        le=100_000,
        title="Window",
        description="N, how many norms are kept.",
        json_schema_extra=extra("steps", 100, 1000, advanced=True),
    )

    @classmethod
    def together(cls, policies: Sequence[Self], specs: Sequence[Spec], weights: Tensor) -> Clipper:
        from clipviz.policies.gradients._history import Ordered
        from clipviz.policies.gradients._shorten import Shortener

        history = Ordered(len(weights), shared(policies, "window"), weights.device)
        return Shortener(_Percentile(history, numbers(policies, "percentile", weights) / 100), weights)


class _Percentile:
    def __init__(self, history: Ordered, share: Tensor) -> None:
        self._history, self._share = history, share
        self.state = history.state

    def bound(self, norm: Tensor, lost: Tensor) -> tuple[Tensor, Tensor]:
        self._history.add(norm, lost | (norm == 0))
        length = self._history.quantile(self._share)
        return length, length
