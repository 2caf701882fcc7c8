"""The multilayer perceptron."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from clipviz.models.base import (
    Clips,
    Model,
    Nonlinearity,
    Norm,
    Signal,
    dropout_field,
    nonlinearity_field,
    norm_field,
)
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import nn

Width = Annotated[int, Field(ge=1, le=8192)]


class MLP(Model):
    """Fully connected layers: each a weighted sum, a normalisation, a nonlinearity, the activation clip, dropout.

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
    nonlinearity: Nonlinearity = nonlinearity_field()
    norm: Norm = norm_field()
    residual: bool = Field(
        False,
        title="Residual",
        description="Add to each hidden layer what flowed into it, where both have the same width.",
        json_schema_extra=extra("", False, True, advanced=True),
    )
    dropout: float = dropout_field()
    embedding: int = Field(
        0,
        ge=0,
        le=1024,
        title="Embedding",
        description="Learned numbers for each level of a category; 0 for a one at the level, zeros elsewhere.",
        json_schema_extra=extra("numbers", 0, 4, 16, advanced=True),
    )

    def places(self) -> tuple[str, ...]:
        return ("input", *(f"layer {number}" for number in range(1, len(self.widths) + 1)), "output")

    def network(self, signal: Signal, outputs: int, clips: Clips) -> nn.Module:
        from clipviz.models._mlp_network import MLPNetwork

        return MLPNetwork(self, signal, outputs, clips)
