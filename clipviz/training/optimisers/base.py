"""What every optimiser is. Torch is named for the type checker only: a form can read it without torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

from clipviz.core.recipe import Part

if TYPE_CHECKING:
    from torch import Tensor


class Group(NamedTuple):
    """Columns of the flat buffers that share a learning rate: weights and gradient (K, n), views.

    rate: multiple of the learning rate. decays: whether weight decay applies.
    """

    weights: Tensor
    gradient: Tensor
    rate: float = 1.0
    decays: bool = True


class Optimiser(Protocol):
    """A built optimiser; it owns its state."""

    def step(self, skipped: Tensor, scale: Tensor | None = None) -> None:
        """Moves every group; replicas where skipped (K,) bool keep weights and state to the bit.

        scale: (K,) multiple of the learning rate for this step, decay included.
        """

    def state(self) -> dict[str, Tensor]:
        """The live state tensors by name, for a checkpoint to copy out of and into."""


class OptimiserRecipe(Part, ABC):
    """The fields of an optimiser."""

    title: ClassVar[str]
    learning_rate: float
    weight_decay: float

    @abstractmethod
    def build(self, groups: list[Group]) -> Optimiser:
        """An optimiser over groups of flat parameters."""
