"""The evaluation of K networks at once."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import torch
from torch import Tensor

from clipviz.training import evaluation, watch
from clipviz.training.failures import starved
from clipviz.training.flat import Flat
from clipviz.training.replicas.backward import together
from clipviz.training.replicas.member import Member
from clipviz.training.replicas.rows import ManyRows
from clipviz.training.replicas.stack import Stack
from clipviz.training.update_ratio import update_ratios

Result = TypeVar("Result")


class Judge:
    """Outputs of all replicas by few large operations, then the numbers of each."""

    def __init__(self, members: Sequence[Member], stack: Stack, flat: Flat) -> None:
        self._members, self._stack, self._flat = members, stack, flat
        front = members[0].assembly.network.front
        most = evaluation.CHUNK if front.signal.takes == "table" else evaluation.LARGE_CHUNK
        self._most = max(1, most // len(members))
        self._validation = ManyRows([member.assembly.validation for member in members])  # type: ignore[misc]
        self._sample = ManyRows([member.assembly.sample for member in members])  # type: ignore[misc]
        self._loss = together([member.assembly.criterion for member in members])
        self._unseen = {rows: bool((rows.goals() < 0).any()) for rows in (self._validation, self._sample)}
        self._watched = len(members[0].assembly.watched)

    @torch.no_grad()
    def __call__(self) -> list[list[float]]:
        """The values of each replica in the order of its `evaluations`."""
        self._stack.train(False)
        try:
            validation, taps = self._where_it_fits(self._watching)
            sample = self._where_it_fits(lambda: self._outputs(self._sample))
            looked = watch.looks(self._stack, taps)
        finally:
            self._stack.train()
        losses = self._losses(validation, self._validation)
        train_losses = self._losses(sample, self._sample)
        ratios = self._ratios()
        found, said = [], validation.cpu()
        for replica, member in enumerate(self._members):
            own = member.assembly
            metrics = evaluation.metrics(own.network, said[replica], own.validation)
            found.append(
                member.progress.judged(
                    train_losses[replica], losses[replica], metrics, looked[replica], ratios[replica]
                )
            )
        return found

    def _ratios(self) -> Sequence[list[float] | None]:
        """How far the last step moved each replica, where it was to be judged."""
        if not all(member.progress.compares for member in self._members):
            return [None] * len(self._members)
        return update_ratios(self._flat, torch.cat([member.progress.before for member in self._members]))

    def _losses(self, said: Tensor, rows: ManyRows) -> list[float]:
        """`evaluation.loss` of each replica, asked of the device at once."""
        goals = rows.goals()  # (K, N, 1) or (K, N)
        if goals.is_floating_point() or not self._unseen[rows]:
            wide = goals.to(torch.float64) if goals.is_floating_point() else goals
            found: list[float] = self._loss(said.to(torch.float64), wide).tolist()
            return found
        return [
            evaluation.loss(member.assembly.criterion, mine, goal)
            for member, mine, goal in zip(self._members, said, goals, strict=True)
        ]

    def _outputs(self, rows: ManyRows) -> Tensor:
        return torch.cat([self._stack(some) for some in self._blocks(rows)], 1)

    def _watching(self) -> tuple[Tensor, list[Tensor]]:
        """Outputs on the validation rows, and what flows into each place on the watched ones, (K, N, ...) each."""
        said, seen, left = [], [], self._watched
        for some in self._blocks(self._validation):
            taps: list[Tensor] = []
            said.append(self._stack(some, taps if left > 0 else None))
            if left > 0:
                seen.append([tap[:, :left] for tap in taps])
                left -= some.shape[-2]
        return torch.cat(said, 1), [torch.cat(parts, 1) for parts in zip(*seen, strict=True)]

    def _blocks(self, rows: ManyRows) -> Iterator[Tensor]:
        for start in range(0, len(rows), self._most):
            yield rows.block(start, min(start + self._most, len(rows)))

    def _where_it_fits(self, work: Callable[[], Result]) -> Result:
        """Takes half as many rows at once from then on, wherever memory runs out."""
        while True:
            try:
                return work()
            except (MemoryError, RuntimeError) as error:
                if self._most == 1 or not starved(error):
                    raise
            self._most //= 2
