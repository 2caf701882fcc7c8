"""The rows of a run as the network eats them, resident on the device."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clipviz.core.errors import TrainingFailed
from clipviz.core.table import Table
from clipviz.training.network import Network
from clipviz.training.numbers import moments, standardised


@dataclass(frozen=True)
class Rows:
    """One part of the split. inputs: (N, D) float32 behind the front. goal: what the loss compares with, (N,
    1) float32 standardised, or (N,) int64 classes. raw: (N,) float64 targets as they are, on the host.
    """

    inputs: Tensor
    goal: Tensor
    raw: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.raw)

    def take(self, places: NDArray[np.int64]) -> "Rows":
        index = torch.from_numpy(places).to(self.inputs.device)
        return Rows(self.inputs.index_select(0, index), self.goal.index_select(0, index), self.raw[places])


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


def standardise(network: Network, goals: NDArray[np.float64]) -> None:
    """Sets the target's moments by the training goals (N,); classes need none."""
    if network.task == "regression":
        mean, scale = moments(goals)
        network.target_mean.fill_(mean)
        network.target_scale.fill_(scale)


def prepare(
    network: Network,
    table: Table,
    places: NDArray[np.int64],
    device: str,
    goals: NDArray[np.float64] | None = None,
) -> Rows:
    """Rows of a table through the front, once, onto the device.

    goals: (N,) what the loss compares with, in the target's own units; None: the targets as they are.
    """
    raw = table.target[places]
    goal = torch.from_numpy(raw if goals is None else goals)
    if table.task == "regression":
        goal = standardised(goal, network.target_mean, network.target_scale).to(torch.float32).unsqueeze(1)
    else:
        goal = goal.to(torch.int64)
    return Rows(network.front.rows(table.inputs[places]).to(device), goal.to(device), raw)


def order(rows: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """The order of the training rows in one epoch: a function of seed and epoch alone, so any step can be
    resumed.
    """
    return np.random.default_rng([seed, epoch]).permutation(rows)
