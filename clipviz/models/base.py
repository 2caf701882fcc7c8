"""What every model is: the fields of an architecture, and the network that it builds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Protocol

from clipviz.core.recipe import Part
from clipviz.policies.activations.base import ActivationClip

if TYPE_CHECKING:
    from torch import Tensor, nn


class Body(Protocol):
    """A network between the front (raw columns to numbers) and the prediction.

    clips: the activation clip of each hidden layer, by the layer's name, in the order of the forward pass.
    parts: every module that holds parameters, by layer name ("layer 1", ..., "output"), clips included.
    """

    clips: Mapping[str, nn.Module]
    parts: Mapping[str, tuple[nn.Module, ...]]

    def __call__(self, inputs: Tensor, taps: list[Tensor] | None = None) -> Tensor:
        """Inputs (N, D) to outputs (N, O); what flows into each clip is appended to `taps` when given."""


class Model(Part, ABC):
    """The fields of an architecture."""

    title: ClassVar[str]

    @abstractmethod
    def build(self, inputs: int, outputs: int, activation: ActivationClip) -> nn.Module:
        """A Body with fresh weights from torch's random generator, on the CPU."""
