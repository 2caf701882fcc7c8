"""No activation clip."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from clipviz.policies.activations.base import ActivationClip

if TYPE_CHECKING:
    from torch import nn


class NoClip(ActivationClip):
    """Leave what a layer says as it is: y = x, gradient 1 everywhere.

    The baseline that every other activation clip is compared with.
    """

    title: ClassVar[str] = "None"

    def build(self, channels: int) -> nn.Module:
        from torch import nn

        return nn.Identity()
