"""What every optimiser is. Torch is named for the type checker only: a form can read it without torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, Self

from pydantic import Field

from clipviz.core.recipe import Part
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor

    from clipviz.training.optimisers._steps import Number


class Group(NamedTuple):
    """Columns of the flat buffers that share a learning rate: weights and gradient (K, n), views.

    rate: multiple of the learning rate. decays: whether weight decay applies.
    """

    weights: Tensor
    gradient: Tensor
    rate: Number = 1.0
    decays: bool = True


class Optimiser(Protocol):
    """A built optimiser; it owns its state."""

    def step(self, skipped: Tensor, rate: Tensor) -> None:
        """Moves every group at the learning rates (K,) float32 of this step, decay included.

        Replicas where skipped (K,) bool keep weights and state to the bit, whatever their gradient and rate. Nothing
        here speaks to the host or branches on data.
        """

    def state(self) -> dict[str, Tensor]:
        """The live state tensors by name, for a checkpoint to copy out of and into."""


class OptimiserRecipe(Part, ABC):
    """The fields of an optimiser."""

    title: ClassVar[str]
    cancels: ClassVar[bool] = False
    """Whether a constant factor on the gradient changes nothing."""
    learning_rate: float
    weight_decay: float

    @classmethod
    @abstractmethod
    def together(cls, recipes: Sequence[Self], groups: list[Group]) -> Optimiser:
        """An optimiser over groups of flat parameters of K replicas, the k-th under recipes[k]."""

    def build(self, groups: list[Group]) -> Optimiser:
        """An optimiser of K replicas that are all under this recipe."""
        return self.together([self] * len(groups[0].weights), groups)


def number(recipes: Sequence[OptimiserRecipe], name: str, groups: list[Group]) -> Number:
    """A field of each replica's recipe: a float where they agree, else (K, 1) float32 on the device."""
    import torch

    values = [float(getattr(recipe, name)) for recipe in recipes]
    if len(set(values)) == 1:
        return values[0]
    return torch.tensor(values, device=groups[0].weights.device).unsqueeze(1)


def rate_field(default: float, description: str, *sweep: float, most: float = 10.0) -> Any:
    return Field(
        default,
        gt=0,
        le=most,
        title="Learning rate",
        description=description,
        json_schema_extra=extra("", *sweep),
    )


def coupled_decay_field() -> Any:
    return Field(
        0.0,
        ge=0,
        le=10,
        title="Weight decay",
        description="Multiple of each weight added to its gradient after the clip; never on thresholds.",
        json_schema_extra=extra("", 0.0, 0.0001, 0.001),
    )


def epsilon_field(default: float, description: str) -> Any:
    return Field(
        default,
        gt=0,
        le=1,
        title="Epsilon",
        description=description,
        json_schema_extra=extra("", default, 1e-6, advanced=True),
    )


def beta1_field() -> Any:
    return Field(
        0.9,
        ge=0,
        lt=1,
        title="Beta 1",
        description="Memory of the running average of the gradient.",
        json_schema_extra=extra("", 0.8, 0.9, 0.95, advanced=True),
    )


def beta2_field() -> Any:
    return Field(
        0.999,
        ge=0,
        lt=1,
        title="Beta 2",
        description="Memory of the running average of the squared gradient.",
        json_schema_extra=extra("", 0.95, 0.99, 0.999, advanced=True),
    )
