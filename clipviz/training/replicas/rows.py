"""The rows of K replicas: once in memory for all that see them behind the same clamps."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from clipviz.training.replicas.member import Member
from clipviz.training.rows import Rows, on_device, order


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


class Orders:
    """Which rows each of K replicas sees at a step: those of a run by itself. length: training rows of each."""

    def __init__(self, members: Sequence[Member], length: int, device: str) -> None:
        self._seeds = [member.recipe.seed for member in members]
        self._batch = members[0].recipe.training.batch_size
        self._length, self._device = length, device
        self._known: dict[int, Tensor] = {}

    def places(self, step: int) -> Tensor:
        """(K, B) int64 on the device."""
        epoch, place = divmod(step, -(-self._length // self._batch))
        if epoch not in self._known:
            orders = {seed: order(self._length, seed, epoch) for seed in dict.fromkeys(self._seeds)}
            whole = np.stack([orders[seed] for seed in self._seeds])
            self._known = {epoch: on_device(whole, self._device)}
        return self._known[epoch][:, place * self._batch : (place + 1) * self._batch]
