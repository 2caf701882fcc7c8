"""The rows of a run as the network eats them: resident on the device, or streamed where they do not fit."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clipviz.core.errors import TrainingFailed
from clipviz.core.table import Table
from clipviz.training.network import Network
from clipviz.training.numbers import moments, standardised

if TYPE_CHECKING:
    from clipviz.training.stream import Streamed

CHUNK_VALUES = 1_000_000


@dataclass(frozen=True)
class Rows:
    """One part of the split, resident. inputs: (N, D) float32 behind the front. goal: what the loss compares with,
    (N, 1) float32 standardised, or (N,) int64 classes. raw: (N,) float64 targets as they are, on the host.
    """

    inputs: Tensor
    goal: Tensor
    raw: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.raw)

    def take(self, places: NDArray[np.int64]) -> "Rows":
        index = torch.from_numpy(places).to(self.inputs.device)
        return Rows(self.inputs.index_select(0, index), self.goal.index_select(0, index), self.raw[places])

    def batches(self, order: NDArray[np.int64], size: int, first: int = 0) -> tuple[Tensor, ...]:
        """Places of each batch on the device, for `batch`; from the batch `first` on they will be asked for."""
        return torch.split(on_device(order, str(self.inputs.device)), size)

    def batch(self, places: Tensor) -> tuple[Tensor, Tensor]:
        """(inputs (B, D), goal (B, 1) or (B,)) of the rows at `places` (B,) int64 on the device."""
        return self.inputs.index_select(0, places), self.goal.index_select(0, places)

    def blocks(self, size: int) -> Iterator[Tensor]:
        """All inputs in order, `size` rows at a time."""
        for start in range(0, len(self), size):
            yield self.inputs[start : start + size]


def on_device(order: NDArray[np.int64], device: str) -> Tensor:
    """An order of rows on a device, copied there without waiting."""
    places = torch.from_numpy(order)
    return places if device == "cpu" else places.pin_memory().to(device, non_blocking=True)


def check(table: Table) -> None:
    """Raises TrainingFailed where there is nothing to learn from or nothing to learn."""
    if not table.features:
        raise TrainingFailed("Training needs at least one usable feature", 0, "Choose other columns")
    if min(len(table.train), len(table.validation), len(table.test)) == 0:
        raise TrainingFailed(
            "Each part of the split needs at least one row", None, "Add rows or change the split"
        )
    target = table.target[table.train]
    if not np.isfinite(table.target).all():
        raise TrainingFailed("Every target must be a finite number", None, "Leave these rows out")
    if target.min() == target.max():
        kind = "one class" if table.task == "classification" else f"only the value {target[0]:g}"
        raise TrainingFailed(
            "Training needs training rows with different targets",
            kind,
            "Choose another target or another split",
        )


def check_varies(rows: "Rows | Streamed") -> None:
    """Raises TrainingFailed where all rows behind the front are the same, so that nothing tells them apart."""
    first = None
    for block in rows.blocks(4096):
        first = block[:1] if first is None else first
        if bool((block != first).any()):
            return
    raise TrainingFailed(
        "Training needs at least one input that varies",
        "the same numbers in every training row, behind clamps and normalisation",
        "Widen the clamps, or use other columns",
    )


def standardise(network: Network, goals: NDArray[np.float64]) -> None:
    """Sets the target's moments by the training goals (N,); classes need none."""
    if network.task == "regression":
        mean, scale = moments(goals)
        network.target_mean.fill_(mean)
        network.target_scale.fill_(scale)


def size(network: Network, table: Table) -> int:
    """Bytes of all rows of a table behind the front."""
    return 4 * network.front.outputs * (len(table.train) + len(table.validation) + len(table.test))


def prepare(
    network: Network,
    table: Table,
    places: NDArray[np.int64],
    device: str,
    spill: Path | None = None,
    goals: NDArray[np.float64] | None = None,
) -> "Rows | Streamed":
    """Rows of a table through the front, once, onto the device; or, where a folder `spill` is given, onto its disk.

    goals: (N,) what the loss compares with, in the target's own units; None: the targets as they are.
    A bounded number of rows is looked at a time, so that a table that is a map of a file never is in memory.
    """
    raw = np.array(table.target[places])
    goal = torch.from_numpy(raw if goals is None else goals)
    if table.task == "regression":
        goal = standardised(goal, network.target_mean, network.target_scale).to(torch.float32).unsqueeze(1)
    else:
        goal = goal.to(torch.int64)
    blocks = _behind_front(network, table, places)
    if spill is not None:
        from clipviz.training.stream import Streamed, spooled

        return Streamed(spooled(blocks, network.front.outputs, spill), goal.to(device), raw, device)
    inputs = torch.empty(len(places), network.front.outputs)
    at = 0
    for block in blocks:
        inputs[at : at + len(block)] = block
        at += len(block)
    return Rows(inputs.to(device), goal.to(device), raw)


def _behind_front(network: Network, table: Table, places: NDArray[np.int64]) -> Iterator[Tensor]:
    chunk = max(1, CHUNK_VALUES // max(1, table.inputs.shape[1]))
    for start in range(0, len(places), chunk):
        yield network.front.rows(np.asarray(table.inputs[places[start : start + chunk]]))


def order(rows: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """The order of the training rows in one epoch: a function of seed and epoch alone, so any step can be
    resumed.
    """
    return np.random.default_rng([seed, epoch]).permutation(rows)
