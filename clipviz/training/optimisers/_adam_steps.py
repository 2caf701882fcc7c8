"""Adam on flat buffers (K, n).

One fused kernel a group where there is one replica: a tenth of the time of torch.optim's step, most of which
is spent in Python. The plain form beside it is what runs for several replicas, and the twin that tests
compare with.
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
        self._fused = len(self._taken) == 1 if fused is None else fused
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
