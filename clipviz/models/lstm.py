"""A recurrent network for text."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from clipviz.models.base import Clips, Model, Signal, Takes, dropout_field
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import nn


class LSTM(Model):
    """Words become learned vectors, a long short-term memory reads them in order, and its last state decides.

    Vectors can be clamped at the place "embedding", by value or by norm; the activation clip bounds the last state.
    Columns besides the text join that state. Hochreiter and Schmidhuber, Neural Computation 9(8), 1997.
    """

    title: ClassVar[str] = "LSTM"
    takes: ClassVar[tuple[Takes, ...]] = ("text",)
    vectorises: ClassVar[bool] = False

    embedding: int = Field(
        64,
        ge=1,
        le=1024,
        title="Embedding",
        description="Numbers of the vector that stands for a word.",
        json_schema_extra=extra("numbers", 32, 64, 128),
    )
    hidden: int = Field(
        64,
        ge=1,
        le=2048,
        title="Units",
        description="Of each recurrent layer.",
        json_schema_extra=extra("units", 32, 64, 128),
    )
    layers: int = Field(
        1,
        ge=1,
        le=8,
        title="Layers",
        description="Recurrent layers, one reading the other.",
        json_schema_extra=extra("", 1, 2),
    )
    dropout: float = dropout_field()

    def places(self) -> tuple[str, ...]:
        return ("embedding", "last state", "output")

    def network(self, signal: Signal, outputs: int, clips: Clips) -> nn.Module:
        from clipviz.models._lstm_network import LSTMNetwork

        return LSTMNetwork(self, signal, outputs, clips)
