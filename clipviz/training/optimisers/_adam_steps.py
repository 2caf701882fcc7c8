"""Adam on flat buffers (K, n).

One fused kernel a group where there is one replica, or, on the CPU, many: a tenth of the time of torch.optim's
step, most of which is spent in Python. The plain form beside it is what runs for several replicas elsewhere,
and the twin that tests compare with.
"""

from typing import Any

import torch
from torch import Tensor

from clipviz.training.optimisers._steps import Number, Steps, at_rate, named
from clipviz.training.optimisers.base import Group


class AdamSteps(Steps):
    """Adam (Kingma and Ba, arXiv:1412.6980) with a step count for each replica.

    decoupled: the weights decay by themselves (Loshchilov and Hutter, arXiv:1711.05101), not through the gradient.
    """

    def __init__(
        self,
        groups: list[Group],
        decay: Number,
        betas: tuple[Number, Number],
        epsilon: Number,
        decoupled: bool,
        fused: bool | None = None,
    ) -> None:
        super().__init__(groups, decay)
        self._betas, self._epsilon, self._decoupled = betas, epsilon, decoupled
        self._first, self._second = self._zeros(), self._zeros()
        self._taken = groups[0].weights.new_zeros(len(groups[0].weights))  # (K,) steps taken
        one = len(self._taken) == 1
        plain = all(isinstance(number, float) for number in (decay, *betas, epsilon))
        self._fused = (one or (plain and not self._taken.is_cuda)) if fused is None else fused
        self._rows = (
            [] if one or not self._fused else [self._by_replica(place) for place in range(len(groups))]
        )
        self._kernel: Any = torch._fused_adamw_ if decoupled else torch._fused_adam_

    def state(self) -> dict[str, Tensor]:
        return {"taken": self._taken} | named("first", self._first) | named("second", self._second)

    def step(self, skipped: Tensor, rate: Tensor) -> None:
        skip = skipped.to(torch.float32)
        self._taken.add_(1 - skip)
        if not self._fused:
            super().step(skipped, rate)
            return
        for place, group in enumerate(self._groups):
            if self._rows:
                self._step_rows(place, skipped, at_rate(rate.unsqueeze(1), group))
                continue
            self._kernel(
                [group.weights],
                [group.gradient],
                [self._first[place]],
                [self._second[place]],
                [],
                [self._taken],
                lr=at_rate(rate, group).view(()),
                beta1=self._betas[0],
                beta2=self._betas[1],
                weight_decay=self._decays[place],
                eps=self._epsilon,
                amsgrad=False,
                maximize=False,
                found_inf=skip,
            )

    def _by_replica(self, place: int) -> tuple[list[Tensor], ...]:
        """The rows of a group and of its averages, and the (1,) steps taken, of each replica."""
        group = self._groups[place]
        held = (group.weights, group.gradient, self._first[place], self._second[place])
        return (*(list(whole.unbind(0)) for whole in held), list(self._taken.unsqueeze(1).unbind(0)))

    def _step_rows(self, place: int, skipped: Tensor, rate: Tensor) -> None:
        """One kernel for the replicas of each rate, on the CPU, where to read it costs nothing."""
        together: dict[float, list[int]] = {}
        for replica, (skips, own) in enumerate(zip(skipped.tolist(), rate.flatten().tolist(), strict=True)):
            if not skips:
                together.setdefault(own, []).append(replica)
        for own, replicas in together.items():
            weights, gradient, first, second, taken = (
                [rows[replica] for replica in replicas] for rows in self._rows[place]
            )
            self._kernel(
                weights,
                gradient,
                first,
                second,
                [],
                taken,
                lr=own,
                beta1=self._betas[0],
                beta2=self._betas[1],
                weight_decay=self._decays[place],
                eps=self._epsilon,
                amsgrad=False,
                maximize=False,
            )

    def _move(self, place: int, stay: Tensor, rate: Tensor) -> None:
        beta1, beta2 = self._betas
        weights, first, second = self._groups[place].weights, self._first[place], self._second[place]
        push = self._groups[place].gradient if self._decoupled else self._push(place)
        new_first = first + (push - first) * (1 - beta1)
        new_second = second * beta2 + push * push * (1 - beta2)
        taken = self._taken.clamp(min=1).unsqueeze(1)  # (K, 1)
        root = (new_second / (1 - beta2**taken)).sqrt() + self._epsilon
        kept = weights * (1 - rate * self._decays[place]) if self._decoupled else weights
        moved = kept - rate * (new_first / (1 - beta1**taken)) / root
        torch.where(stay, weights, moved, out=weights)
        torch.where(stay, first, new_first, out=first)
        torch.where(stay, second, new_second, out=second)
