"""No activation clip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.policies.activations.base import ActivationClip

if TYPE_CHECKING:
    from torch import Tensor


class NoClip(ActivationClip):
    """Leave what a layer says as it is: y = x, gradient 1 everywhere.

    The baseline that every other activation clip is compared with.
    """

    title: ClassVar[str] = "None"
    widest: ClassVar[Mapping[str, float] | None] = {}
    idempotent: ClassVar[bool] = True

    def formula(self, values: Tensor, **numbers: Any) -> Tensor:
        return values
