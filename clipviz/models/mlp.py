"""The multilayer perceptron."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from clipviz.models.base import Clips, Model, Nonlinearity
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import nn

Width = Annotated[int, Field(ge=1, le=8192)]


class MLP(Model):
    """Fully connected layers: each a weighted sum, a nonlinearity, the activation clip, dropout.

    The workhorse for tables. The last layer ("output") is a plain weighted sum; it, and the input, have a clip
    only where one is asked for.
    """

    title: ClassVar[str] = "Multilayer perceptron"

    widths: tuple[Width, ...] = Field(
        (64, 64),
        min_length=1,
        max_length=32,
        title="Widths",
        description="Units of each hidden layer, first to last.",
        json_schema_extra=extra("units", (32,), (64, 64), (128, 128), (256, 256, 256)),
    )
    nonlinearity: Nonlinearity = Field(
        "relu",
        title="Nonlinearity",
        description="What each hidden unit does with its weighted sum, before the clip; an activation function picked "
        "as the clip stands in its place.",
        json_schema_extra=extra("", "relu", "gelu", "tanh"),
    )
    dropout: float = Field(
        0.0,
        ge=0,
        lt=1,
        title="Dropout",
        description="Share of hidden values set to zero in training.",
        json_schema_extra=extra("share of units", 0.0, 0.1, 0.3),
    )

    def places(self) -> tuple[str, ...]:
        return ("input", *(f"layer {number}" for number in range(1, len(self.widths) + 1)), "output")

    def build(self, inputs: int, outputs: int, clips: Clips) -> nn.Module:
        from clipviz.models._mlp_network import MLPNetwork

        return MLPNetwork(self, inputs, outputs, clips)
