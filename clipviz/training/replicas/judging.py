"""The evaluation of K networks at once."""

from collections.abc import Sequence

import torch
from torch import Tensor

from clipviz.training import evaluation, watch
from clipviz.training.replicas.member import Member
from clipviz.training.replicas.rows import ManyRows
from clipviz.training.replicas.stack import Stack


class Judge:
    """Outputs of all replicas by few large operations, then the numbers of each."""

    def __init__(self, members: Sequence[Member], stack: Stack) -> None:
        self._members, self._stack = members, stack
        front = members[0].assembly.network.front
        most = evaluation.CHUNK if front.signal.takes == "table" else evaluation.LARGE_CHUNK
        self._most = max(1, most // len(members))
        self._validation = ManyRows([member.assembly.validation for member in members])  # type: ignore[misc]
        self._sample = ManyRows([member.assembly.sample for member in members])  # type: ignore[misc]
        self._watched = len(members[0].assembly.watched)

    @torch.no_grad()
    def __call__(self) -> list[list[float]]:
        """The values of each replica in the order of its `evaluations`."""
        self._stack.train(False)
        try:
            validation, sample = self._outputs(self._validation), self._outputs(self._sample)
            taps: list[Tensor] = []
            self._stack(self._validation.block(0, self._watched), taps)
            looked = watch.looks(self._stack, taps)
        finally:
            self._stack.train()
        found = []
        for replica, member in enumerate(self._members):
            own = member.assembly
            loss = evaluation.loss(own.criterion, validation[replica], own.validation)
            train_loss = evaluation.loss(own.criterion, sample[replica], own.sample)
            metrics = evaluation.metrics(own.network, validation[replica], own.validation)
            found.append(member.progress.judged(train_loss, loss, metrics, looked[replica]))
        return found

    def _outputs(self, rows: ManyRows) -> Tensor:
        starts = range(0, len(rows), self._most)
        return torch.cat([self._stack(rows.block(start, start + self._most)) for start in starts], dim=1)
