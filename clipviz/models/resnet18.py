"""ResNet-18, to fine-tune."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from clipviz.models.base import Clips, Model, Signal, Takes
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import nn

BLOCKS, WIDTHS = [2, 2, 2, 2], [64, 128, 256, 512]


class ResNet18(Model):
    """The network of 18 layers that learned ImageNet, with its last layer made for your classes or target, and its
    first for grey images where they are grey. A clip can follow each of its 17 nonlinearities.

    Fine-tune it on a few hundred photographs, or more. He et al., Deep residual learning for image recognition,
    arXiv:1512.03385, 2015.
    """

    title: ClassVar[str] = "ResNet-18"
    takes: ClassVar[tuple[Takes, ...]] = ("images",)
    vectorises: ClassVar[bool] = False

    weights: Literal["fresh", "imagenet", "file", "run"] = Field(
        "fresh",
        title="Start from",
        description="Random weights; those of ImageNet (45 MB, fetched once); a safetensors file; an earlier run.",
        json_schema_extra=extra("", "fresh", "imagenet"),
    )
    source: str | None = Field(
        None,
        min_length=1,
        max_length=300,
        title="Which file or run",
        description="Name of a file in the folder weights of the home, or the id of a run; empty for the others.",
        json_schema_extra=extra("", None),
    )
    frozen: bool = Field(
        False,
        title="Frozen",
        description="Train the last layer and the clips only; all other weights stay as they start.",
        json_schema_extra=extra("", False, True),
    )
    size: int = Field(
        0,
        ge=0,
        le=512,
        title="Enlarge to",
        description="Height and width that images are brought to first; 0 leaves them. Below 32 little is left to see.",
        json_schema_extra=extra("pixels", 0, 64, 128, advanced=True),
    )

    def places(self) -> tuple[str, ...]:
        from clipviz.models._residual_places import places

        return places(BLOCKS)

    def network(self, signal: Signal, outputs: int, clips: Clips) -> nn.Module:
        from clipviz.models._residual_network import ResidualNetwork

        return ResidualNetwork(
            signal,
            outputs,
            clips,
            widths=WIDTHS,
            blocks=BLOCKS,
            nonlinearity="relu",
            norm="batch",
            large=True,
            frozen=self.frozen,
            size=self.size,
        )
