"""A small convolutional network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, field_validator

from clipviz.models.base import (
    Clips,
    Model,
    Nonlinearity,
    Norm,
    Signal,
    Takes,
    dropout_field,
    nonlinearity_field,
    norm_field,
)
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import nn

Channels = Annotated[int, Field(ge=1, le=2048)]


class CNN(Model):
    """Convolutions: each followed by a normalisation, a nonlinearity, the activation clip, and max-pooling by 2
    as long as the image is at least 2 pixels high and wide; then a weighted sum of all that is left.

    The workhorse for small images.
    """

    title: ClassVar[str] = "Convolutional network"
    takes: ClassVar[tuple[Takes, ...]] = ("images",)

    channels: tuple[Channels, ...] = Field(
        (16, 32, 64),
        min_length=1,
        max_length=16,
        title="Channels",
        description="Feature maps of each convolution, first to last.",
        json_schema_extra=extra("maps", (8, 16, 32), (16, 32, 64), (32, 64, 128)),
    )
    kernel: int = Field(
        3,
        ge=1,
        le=11,
        title="Kernel",
        description="Height and width of what each convolution sees.",
        json_schema_extra=extra("pixels", 3, 5, advanced=True),
    )
    nonlinearity: Nonlinearity = nonlinearity_field()
    norm: Norm = norm_field()
    dropout: float = dropout_field()

    @field_validator("kernel")
    @classmethod
    def _is_odd(cls, kernel: int) -> int:
        if kernel % 2 == 0:
            raise ValueError("a kernel must be odd, so that it has a middle")
        return kernel

    def places(self) -> tuple[str, ...]:
        return ("input", *(f"layer {number}" for number in range(1, len(self.channels) + 1)), "output")

    def network(self, signal: Signal, outputs: int, clips: Clips) -> nn.Module:
        from clipviz.models._cnn_network import CNNNetwork

        return CNNNetwork(self, signal, outputs, clips)
