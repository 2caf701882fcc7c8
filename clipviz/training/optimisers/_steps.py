"""The arithmetic of the optimisers on flat buffers (K, n): a few operations a group, whatever the number of layers."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from clipviz.training.optimisers.base import Group

Number = float | Tensor
"""One number for all replicas, or (K, 1) of them."""


class Steps(ABC):
    """Moves groups of columns, each at its multiple of the rate and with its decay."""

    def __init__(self, groups: list[Group], decay: Number) -> None:
        self._groups = groups
        self._decays = [decay if group.decays else 0.0 for group in groups]

    def step(self, skipped: Tensor, rate: Tensor) -> None:
        stay, every = skipped.unsqueeze(1), rate.unsqueeze(1)  # (K, 1)
        for place, group in enumerate(self._groups):
            self._move(place, stay, at_rate(every, group))

    @abstractmethod
    def _move(self, place: int, stay: Tensor, rate: Tensor) -> None:
        """Moves the group at a place; stay, rate: (K, 1)."""

    @abstractmethod
    def state(self) -> dict[str, Tensor]:
        """The live state tensors by name."""

    def _push(self, place: int) -> Tensor:
        """The gradient of a group with its decay added: that of a penalty on the squares of the weights."""
        group, decay = self._groups[place], self._decays[place]
        if isinstance(decay, Tensor):
            return group.gradient.addcmul(group.weights, decay)
        return group.gradient.add(group.weights, alpha=decay) if decay else group.gradient

    def _zeros(self) -> list[Tensor]:
        return [torch.zeros_like(group.weights) for group in self._groups]


class SgdSteps(Steps):
    """As torch.optim.SGD, without dampening."""

    def __init__(self, groups: list[Group], decay: Number, momentum: Number, nesterov: bool = False) -> None:
        super().__init__(groups, decay)
        self._momentum, self._nesterov = momentum, nesterov
        self._velocity = self._zeros()

    def state(self) -> dict[str, Tensor]:
        return named("velocity", self._velocity)

    def _move(self, place: int, stay: Tensor, rate: Tensor) -> None:
        weights, velocity, push = self._groups[place].weights, self._velocity[place], self._push(place)
        torch.where(stay, velocity, velocity.mul(self._momentum).add_(push), out=velocity)
        if self._nesterov:
            ahead = push + velocity * self._momentum
            torch.where(stay, weights, weights - rate * ahead, out=weights)
            return
        # A skipped step moves nothing, and 0 times a velocity that is finite is 0.
        weights.addcmul_(velocity, torch.where(stay, 0.0, rate), value=-1)


class AdagradSteps(Steps):
    """As torch.optim.Adagrad, without a decay of the rate."""

    def __init__(self, groups: list[Group], decay: Number, epsilon: Number) -> None:
        super().__init__(groups, decay)
        self._epsilon, self._sum = epsilon, self._zeros()

    def state(self) -> dict[str, Tensor]:
        return named("sum", self._sum)

    def _move(self, place: int, stay: Tensor, rate: Tensor) -> None:
        weights, total, push = self._groups[place].weights, self._sum[place], self._push(place)
        torch.where(stay, total, total.addcmul(push, push), out=total)
        moved = weights - rate * push / total.sqrt().add_(self._epsilon)
        torch.where(stay, weights, moved, out=weights)


class RmsPropSteps(Steps):
    """As torch.optim.RMSprop, not centred."""

    def __init__(
        self, groups: list[Group], decay: Number, memory: Number, momentum: Number, epsilon: Number
    ) -> None:
        super().__init__(groups, decay)
        self._memory, self._momentum, self._epsilon = memory, momentum, epsilon
        self._square, self._velocity = self._zeros(), self._zeros()

    def state(self) -> dict[str, Tensor]:
        return named("square", self._square) | named("velocity", self._velocity)

    def _move(self, place: int, stay: Tensor, rate: Tensor) -> None:
        weights, push = self._groups[place].weights, self._push(place)
        square, velocity = self._square[place], self._velocity[place]
        seen = square * self._memory + push * push * (1 - self._memory)
        torch.where(stay, square, seen, out=square)
        fresh = velocity * self._momentum + push / square.sqrt().add_(self._epsilon)
        torch.where(stay, velocity, fresh, out=velocity)
        weights.addcmul_(velocity, torch.where(stay, 0.0, rate), value=-1)


def at_rate(rate: Tensor, group: Group) -> Tensor:
    """The learning rates of a group; the same tensor where the group has no rate of its own."""
    return rate if isinstance(group.rate, float) and group.rate == 1.0 else rate * group.rate


def named(name: str, tensors: list[Tensor]) -> dict[str, Tensor]:
    return {f"{name}.{place}": tensor for place, tensor in enumerate(tensors)}
