"""What every model is: the fields of an architecture, and the network that it builds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from clipviz.core.recipe import Part
from clipviz.policies.activations.base import ActivationClip

if TYPE_CHECKING:
    from torch import Tensor, nn

    from clipviz.models._place import Place

Nonlinearity = Literal[
    "relu", "leaky_relu", "prelu", "elu", "gelu", "silu", "softplus", "tanh", "sigmoid", "none"
]
"""What a layer does with its weighted sum before the clip: an activation function by its id, or nothing."""


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
        """Inputs (N, D) to outputs (N, O); what flows into each place's clips is appended to `taps` when given."""


class Model(Part, ABC):
    """The fields of an architecture."""

    title: ClassVar[str]

    @abstractmethod
    def places(self) -> tuple[str, ...]:
        """Where clips may sit, in the order of the forward pass: "input", ..., "output"."""

    @abstractmethod
    def build(self, inputs: int, outputs: int, clips: Clips) -> nn.Module:
        """A Body with fresh weights from torch's random generator, on the CPU."""
