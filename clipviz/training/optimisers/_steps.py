"""The arithmetic of the optimisers on flat buffers (K, n).

One fused kernel a group where there is one replica: a tenth of the time of torch.optim's step, most of which
is spent in Python. The plain form beside it is what runs for several replicas, and the twin that tests
compare with.
"""

from typing import Any

import torch
from torch import Tensor

from clipviz.training.optimisers.base import Group


class AdamSteps:
    """AdamW (Loshchilov and Hutter, arXiv:1711.05101) with a step count for each replica."""

    def __init__(
        self,
        groups: list[Group],
        rate: float,
        decay: float,
        betas: tuple[float, float],
        epsilon: float,
        fused: bool | None = None,
    ) -> None:
        self._groups, self._betas, self._epsilon = groups, betas, epsilon
        self._rates = [rate * group.rate for group in groups]
        self._decays = [decay if group.decays else 0.0 for group in groups]
        self._first = [torch.zeros_like(group.weights) for group in groups]
        self._second = [torch.zeros_like(group.weights) for group in groups]
        self._taken = groups[0].weights.new_zeros(len(groups[0].weights))  # (K,) steps taken
        self._fused = len(self._taken) == 1 if fused is None else fused

    def state(self) -> dict[str, Tensor]:
        named = {"taken": self._taken}
        for place, (first, second) in enumerate(zip(self._first, self._second, strict=True)):
            named |= {f"first.{place}": first, f"second.{place}": second}
        return named

    def step(self, skipped: Tensor, scale: Tensor | None = None) -> None:
        skip = skipped.to(torch.float32)
        self._taken.add_(1 - skip)
        for place in range(len(self._groups)):
            if self._fused:
                self._fused_step(place, skip, scale)
            else:
                self._plain_step(place, skipped, scale)

    def _fused_step(self, place: int, skip: Tensor, scale: Tensor | None) -> None:
        rate: Any = self._rates[place]
        if scale is not None:
            rate = (scale * rate).to(torch.float32).view(())
        group = self._groups[place]
        torch._fused_adamw_(
            [group.weights],
            [group.gradient],
            [self._first[place]],
            [self._second[place]],
            [],
            [self._taken],
            lr=rate,
            beta1=self._betas[0],
            beta2=self._betas[1],
            weight_decay=self._decays[place],
            eps=self._epsilon,
            amsgrad=False,
            maximize=False,
            found_inf=skip,
        )

    def _plain_step(self, place: int, skipped: Tensor, scale: Tensor | None) -> None:
        beta1, beta2 = self._betas
        rate: Any = self._rates[place]
        if scale is not None:
            rate = rate * scale.to(self._taken.dtype).unsqueeze(1)  # (K, 1)
        weights, gradient = self._groups[place].weights, self._groups[place].gradient
        first, second = self._first[place], self._second[place]
        new_first = first.lerp(gradient, 1 - beta1)
        new_second = second * beta2 + gradient * gradient * (1 - beta2)
        taken = self._taken.clamp(min=1).unsqueeze(1)  # (K, 1)
        root = (new_second / (1 - beta2**taken)).sqrt() + self._epsilon
        moved = weights * (1 - rate * self._decays[place]) - rate * (new_first / (1 - beta1**taken)) / root
        stay = skipped.unsqueeze(1)
        weights.copy_(torch.where(stay, weights, moved))
        first.copy_(torch.where(stay, first, new_first))
        second.copy_(torch.where(stay, second, new_second))


class SgdSteps:
    """Gradient descent with momentum, as in torch.optim.SGD (no dampening)."""

    def __init__(self, groups: list[Group], rate: float, decay: float, momentum: float) -> None:
        self._groups, self._momentum = groups, momentum
        self._rates = [rate * group.rate for group in groups]
        self._decays = [decay if group.decays else 0.0 for group in groups]
        self._velocity = [torch.zeros_like(group.weights) for group in groups]

    def state(self) -> dict[str, Tensor]:
        return {f"velocity.{place}": velocity for place, velocity in enumerate(self._velocity)}

    def step(self, skipped: Tensor, scale: Tensor | None = None) -> None:
        stay = skipped.unsqueeze(1)  # (K, 1)
        moves = stay.logical_not().to(self._velocity[0].dtype)
        if scale is not None:
            moves = torch.where(stay, 0.0, scale.to(moves.dtype).unsqueeze(1))
        for group, velocity, rate, decay in zip(
            self._groups, self._velocity, self._rates, self._decays, strict=True
        ):
            push = group.gradient.add(group.weights, alpha=decay) if decay else group.gradient
            torch.where(stay, velocity, velocity.mul(self._momentum).add_(push), out=velocity)
            # A skipped step moves nothing, and 0 times a velocity that is finite is 0.
            group.weights.addcmul_(velocity, moves, value=-rate)
