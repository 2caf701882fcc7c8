"""The learning rate of each replica, on the device, as its schedule has it at a step."""

from collections.abc import Sequence

import torch
from torch import Tensor

from clipviz.training.schedules.base import Memory, Schedule


class Rates:
    """now: (K,) float32 on the device, always the same memory: what a step multiplies its moves with.

    The host fills it before a step, without waiting for the device, and only where it changes: a captured step reads
    what is there when it is replayed.
    """

    def __init__(
        self, schedules: Sequence[Schedule], rates: Sequence[float], total: int, device: str
    ) -> None:
        self._schedules, self._total = schedules, total
        self._alike = all(schedule == schedules[0] for schedule in schedules)
        self._base = torch.tensor(rates, dtype=torch.float32, device=device)
        self.now = self._base.clone()
        self._memories: list[Memory] = [{} for _ in schedules]
        self._factors: list[float] = []
        self._slots: list[Tensor] = []

    @classmethod
    def together(cls, each: Sequence["Rates"]) -> "Rates":
        """The rates of K runs as one; what a schedule remembers stays that of its run."""
        whole = cls(
            [schedule for rates in each for schedule in rates._schedules],
            [float(rate) for rates in each for rate in rates._base],
            each[0]._total,
            str(each[0]._base.device),
        )
        whole._memories = [memory for rates in each for memory in rates._memories]
        return whole

    def at(self, step: int) -> None:
        """Makes `now` that of a step, counted from 0."""
        pairs = list(zip(self._schedules, self._memories, strict=True))
        if self._alike and all(memory == pairs[0][1] for _, memory in pairs):
            del pairs[1:]
        factors = [schedule.rate(step, self._total, memory) for schedule, memory in pairs]
        if factors == self._factors:
            return
        self._factors = factors
        if len(factors) == 1:
            torch.mul(self._base, factors[0], out=self.now)
        else:
            torch.mul(self._base, self._there(factors), out=self.now)
        for slot in self._slots:
            slot.copy_(self.now)

    def tell(self, slot: Tensor) -> None:
        """Keeps the rates in another tensor (K,) too, wherever they change."""
        self._slots.append(slot.copy_(self.now))

    def _there(self, factors: list[float]) -> Tensor:
        several = torch.tensor(factors, dtype=torch.float32)
        return several.pin_memory().to(self.now.device, non_blocking=True) if self.now.is_cuda else several

    def saw(self, losses: Sequence[float]) -> None:
        """Tells the schedules of each replica's validation loss."""
        for schedule, memory, loss in zip(self._schedules, self._memories, losses, strict=True):
            schedule.saw(loss, memory)

    def state(self) -> list[Memory]:
        """What the schedules remember, as JSON has it."""
        return [dict(memory) for memory in self._memories]

    def restore(self, state: Sequence[Memory]) -> None:
        for memory, saved in zip(self._memories, state, strict=True):
            memory.clear()
            memory.update(saved)
