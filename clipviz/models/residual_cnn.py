"""A deeper convolutional network with shortcuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from clipviz.models.base import Clips, Model, Nonlinearity, Norm, Signal, Takes, nonlinearity_field
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import nn


class ResidualCNN(Model):
    """Blocks of two convolutions whose input is added to their output, in stages: each stage halves the image
    and doubles the feature maps. A nonlinearity and the activation clip follow the first convolution and each sum.

    For images where the plain network falls short. He et al., Deep residual learning for image recognition,
    arXiv:1512.03385, 2015: the form for small images of its section 4.2.
    """

    title: ClassVar[str] = "Residual convolutional network"
    takes: ClassVar[tuple[Takes, ...]] = ("images",)

    width: int = Field(
        16,
        ge=1,
        le=512,
        title="Width",
        description="Feature maps of the first stage.",
        json_schema_extra=extra("maps", 8, 16, 32),
    )
    stages: int = Field(
        3,
        ge=1,
        le=5,
        title="Stages",
        description="How often maps double; the image halves from the second stage on.",
        json_schema_extra=extra("", 2, 3, 4),
    )
    blocks: int = Field(
        1,
        ge=1,
        le=50,
        title="Blocks",
        description="Of each stage; the network has 2 · stages · blocks + 2 layers.",
        json_schema_extra=extra("", 1, 3, 5),
    )
    nonlinearity: Nonlinearity = nonlinearity_field()
    norm: Norm = Field(
        "batch",
        title="Normalisation",
        description="Standardise what each convolution says, over the batch or over all its maps.",
        json_schema_extra=extra("", "none", "batch", "layer"),
    )

    def places(self) -> tuple[str, ...]:
        from clipviz.models._residual_places import places

        return places([self.blocks] * self.stages)

    def network(self, signal: Signal, outputs: int, clips: Clips) -> nn.Module:
        from clipviz.models._residual_network import ResidualNetwork

        widths = [self.width * 2**stage for stage in range(self.stages)]
        return ResidualNetwork(
            signal,
            outputs,
            clips,
            widths=widths,
            blocks=[self.blocks] * self.stages,
            nonlinearity=self.nonlinearity,
            norm=self.norm,
            large=False,
        )
