"""What every model is: the fields of an architecture, and the network that it builds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from pydantic import Field

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Part
from clipviz.policies.activations.base import ActivationClip
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor, nn

    from clipviz.models._place import Place

Nonlinearity = Literal[
    "relu", "leaky_relu", "prelu", "elu", "gelu", "silu", "softplus", "tanh", "sigmoid", "none"
]
"""What a layer does with its weighted sum before the clip: an activation function by its id, or nothing."""


Norm = Literal["none", "batch", "layer"]
"""Whether a layer's weighted sums are standardised over the batch, over the layer, or not."""

Takes = Literal["table", "images", "text"]
WORDS: dict[Takes, str] = {
    "table": "rows of numbers (of images: of some of their pixels)",
    "images": "whole images",
    "text": "text",
}


@dataclass(frozen=True)
class Signal:
    """What the front hands to a network: rows of `width` numbers.

    categories: (first, count) of the one-hot columns of each category. image: (height, width, channels) whose
    values the whole row is, pixel by pixel; None for no image. vocabulary: how many token ids there are; the
    last `tokens` numbers of a row are ids, 0 pads behind.
    """

    width: int
    categories: tuple[tuple[int, int], ...] = ()
    image: tuple[int, int, int] | None = None
    vocabulary: int = 0
    tokens: int = 0

    @property
    def takes(self) -> Takes:
        """What kind of network these rows are meant for."""
        if self.tokens:
            return "text"
        return "table" if self.image is None else "images"


@dataclass(frozen=True)
class Clips:
    """What the values at each place of a network pass through.

    default: for every hidden layer. places: what stands instead at one place, one after the other, by its name
    ("input", "layer 2", "output"); () for nothing. A clip follows the layer's nonlinearity; an activation function
    at the head stands in its place.
    """

    default: ActivationClip
    places: Mapping[str, tuple[ActivationClip, ...]] = field(default_factory=dict)

    def hidden(self, place: str, channels: int, nonlinearity: Nonlinearity, axis: int = -1) -> Place:
        """The module behind a hidden layer of so many channels, which lie along an axis of its output."""
        from clipviz.models._place import Place

        return Place(self.places.get(place, (self.default,)), channels, axis, nonlinearity)

    def edge(self, place: str, channels: int, axis: int = -1) -> Place | None:
        """The module at the "input" or the "output"; None where nothing was asked for."""
        from clipviz.models._place import Place

        chain = self.places.get(place, ())
        return Place(chain, channels, axis) if chain else None


class Body(Protocol):
    """A network between the front (raw columns to numbers) and the prediction.

    clips: what the values at each place pass through (models._place.Place), by the place's name, in the order
    of the forward pass: "input" where asked for, each hidden layer, "output" where asked for.
    parts: every module that holds parameters, by layer name ("layer 1", ..., "output"), clips included.
    """

    clips: Mapping[str, nn.Module]
    parts: Mapping[str, tuple[nn.Module, ...]]

    def __call__(self, inputs: Tensor, taps: list[Tensor] | None = None) -> Tensor:
        """Inputs (N, D) to outputs (N, O), float32; what flows into the clips of each place is appended to `taps`."""


def norm_field() -> Any:
    return Field(
        "none",
        title="Normalisation",
        description="Standardise each layer's weighted sums, over the batch or over the layer, before the "
        "nonlinearity.",
        json_schema_extra=extra("", "none", "batch", "layer"),
    )


def dropout_field() -> Any:
    return Field(
        0.0,
        ge=0,
        lt=1,
        title="Dropout",
        description="Share of hidden values set to zero in training.",
        json_schema_extra=extra("share of units", 0.0, 0.1, 0.3),
    )


def nonlinearity_field() -> Any:
    return Field(
        "relu",
        title="Nonlinearity",
        description="What each hidden unit does with its weighted sum, before the clip; an activation function picked "
        "as the clip stands in its place.",
        json_schema_extra=extra("", "relu", "gelu", "tanh"),
    )


class Model(Part, ABC):
    """The fields of an architecture. takes: the kinds of rows that it can be trained on. vectorises: whether many can
    be trained as one program.
    """

    title: ClassVar[str]
    takes: ClassVar[tuple[Takes, ...]] = ("table", "images")
    vectorises: ClassVar[bool] = True

    @abstractmethod
    def places(self) -> tuple[str, ...]:
        """Where clips may sit, in the order of the forward pass: "input", ..., "output"."""

    def build(self, signal: Signal, outputs: int, clips: Clips) -> nn.Module:
        """A Body with fresh weights from torch's random generator, on the CPU.

        Raises InvalidRecipe for rows that this architecture cannot take.
        """
        if signal.takes not in self.takes:
            raise InvalidRecipe(
                f"The model {self.title} takes {' or '.join(WORDS[kind] for kind in self.takes)}",
                WORDS[signal.takes],
                "Pick another model, or other inputs",
            )
        return self.network(signal, outputs, clips)

    @abstractmethod
    def network(self, signal: Signal, outputs: int, clips: Clips) -> nn.Module:
        """The Body for rows that this architecture takes."""
