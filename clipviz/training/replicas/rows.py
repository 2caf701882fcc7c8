"""The rows of K replicas: once in memory for all that see them behind the same clamps."""

from collections.abc import Sequence

import torch
from torch import Tensor

from clipviz.training.rows import Rows


class ManyRows:
    """The rows of K replicas, of which many are one and the same object: each different one is kept once."""

    def __init__(self, each: Sequence[Rows]) -> None:
        different = {id(rows): rows for rows in each}
        places = {key: place for place, key in enumerate(different)}
        kept = list(different.values())
        self._length = len(kept[0])
        self.shared = len(kept) == 1
        self._inputs = kept[0].inputs if self.shared else torch.cat([rows.inputs for rows in kept])
        self._goal = kept[0].goal if self.shared else torch.cat([rows.goal for rows in kept])
        self._kept = [places[id(rows)] for rows in each]
        first = torch.tensor([place * self._length for place in self._kept], dtype=torch.int64)
        self._first = first.unsqueeze(1).to(self._inputs.device)  # (K, 1)

    def __len__(self) -> int:
        """N, of each replica."""
        return self._length

    def batch(self, places: Tensor) -> tuple[Tensor, Tensor]:
        """(inputs (K, B, D), goal (K, B, 1) or (K, B)) of the rows of each replica at `places` (K, B) int64."""
        where = (places if self.shared else places + self._first).reshape(-1)
        inputs, goal = self._inputs.index_select(0, where), self._goal.index_select(0, where)
        return inputs.view(*places.shape, -1), goal.view(*places.shape, *goal.shape[1:])

    def goals(self) -> Tensor:
        """The goals of all rows, (K, N, 1) or (K, N)."""
        each = self._goal.view(-1, self._length, *self._goal.shape[1:])
        return each.expand(len(self._kept), *each.shape[1:]) if self.shared else each[self._kept]

    def block(self, start: int, stop: int) -> Tensor:
        """Inputs of rows from start to stop: (n, D) where all share them, else (K, n, D)."""
        if self.shared:
            return self._inputs[start:stop]
        each = self._inputs.view(-1, self._length, self._inputs.shape[1])[:, start:stop]
        return each[self._kept]
