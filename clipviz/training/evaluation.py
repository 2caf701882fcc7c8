"""How good a prediction is, on raw targets, and how good the best constant would be."""

import copy
import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from clipviz.core.moments import moments
from clipviz.core.recipe import Task
from clipviz.training.failures import starved
from clipviz.training.network import Network
from clipviz.training.rows import Rows
from clipviz.training.stream import Streamed

CHUNK, LARGE_CHUNK = 65_536, 1_024
"""Rows that are judged at once: of numbers, and of images or texts, which become much more on their way."""
REGRESSION = ("mae", "rmse", "r2")
CLASSIFICATION = ("accuracy", "macro_f1", "macro_recall", "log_loss")
MOST_CONSTANT = 100_000
"""Rows at most on which the loss of a constant is judged."""
RULING = 0.5
"""Share of a loss that rules it."""
UNSEEN = math.log(np.finfo(np.float64).eps)
"""Log probability, -36 nats, of a class that no training row shows: nobody can say it, yet one such row must not
make every log loss infinite."""
Floats = NDArray[np.float64]


def names(task: Task) -> tuple[str, ...]:
    return REGRESSION if task == "regression" else CLASSIFICATION


@torch.no_grad()
def outputs(network: Network, rows: Rows | Streamed) -> Tensor:
    """What the body says of rows, (N, O) float32, without dropout; training mode is restored."""
    network.eval()
    most = CHUNK if network.front.signal.takes == "table" else LARGE_CHUNK
    said = None
    while said is None:
        said = _in_blocks(network, rows, most)
        most //= 2
    network.train()
    return said


def _in_blocks(network: Network, rows: Rows | Streamed, most: int) -> Tensor | None:
    """None where so many rows at once do not fit into memory, but fewer may."""
    try:
        return torch.cat([network.body(block) for block in rows.blocks(most)])
    except (MemoryError, RuntimeError) as error:
        if most == 1 or not starved(error):
            raise
        return None


def loss(criterion: nn.Module, said: Tensor, goal: Tensor) -> float:
    """What training minimises, over all rows at once, in float64; UNSEEN as in log_loss for classes nobody trained on.

    criterion: as `losses` builds it, in float64. goal: (N, 1) or (N,), as rows have it.
    """
    wide = said.to(torch.float64)
    if goal.is_floating_point():
        return float(criterion(wide, goal.to(torch.float64)))
    known = goal >= 0
    share = float(known.to(torch.float64).mean())
    if share == 0:
        return -UNSEEN
    return share * float(criterion(wide[known], goal[known])) - (1 - share) * UNSEEN


@torch.no_grad()
def ruling(criterion: nn.Module, said: Tensor, goal: Tensor) -> tuple[int, float] | None:
    """The rows of a regression, 1 % of them at most, that carry half of the loss or more: how many, and their share.

    None for classes, and where no so few do.
    """
    if not goal.is_floating_point():
        return None
    each: Any = copy.copy(criterion)
    each.reduction = "none"
    losses = each(said.to(torch.float64), goal.to(torch.float64)).flatten()
    most = max(1, len(losses) // 100)
    shares = losses.topk(min(most, len(losses))).values / losses.sum()
    shares = shares.cpu().cumsum(0)  # on CUDA not the same bits each time, and refused where these are wanted
    half = int((shares < RULING).sum())
    return (half + 1, float(shares[half])) if half < len(shares) and len(losses) >= 20 else None


def constant(criterion: nn.Module, goal: Tensor, classes: int) -> float:
    """The loss of the best constant prediction for training goals (N, 1) or (N,): their mean or median, whichever is
    better; for classes their shares, or all alike. Of very many rows every n-th is looked at.
    """
    goal = goal[:: -(-len(goal) // MOST_CONSTANT)]
    if goal.is_floating_point():
        wide = goal.to(torch.float64)
        guesses = [wide.mean(), wide.median()]
        return min(float(criterion(guess.expand(wide.shape), wide)) for guess in guesses)
    shares = (torch.bincount(goal, minlength=classes).to(torch.float64) / len(goal)).clamp(min=1e-12)
    scores = [shares.log(), torch.zeros_like(shares)]
    return min(float(criterion(score.expand(len(goal), classes), goal)) for score in scores)


def metrics(network: Network, said: Tensor, rows: Rows | Streamed) -> dict[str, float | None]:
    """Metrics of what the body said, on raw targets; None where a number is not finite."""
    with torch.no_grad():
        back = network.back(said.cpu())
    if network.task == "regression":
        return regression(back.numpy(), rows.raw)
    return classification(torch.log_softmax(back, dim=1).numpy(), rows.raw)


def regression(predicted: Floats, target: Floats) -> dict[str, float | None]:
    """mae, rmse in target units and r2, of (N,) predictions; r2 is None where the target does not vary."""
    with np.errstate(all="ignore"):
        error = predicted - target
        size = float(np.abs(error).max()) or 1.0  # sums and squares of huge errors would overflow
        mae = size * float(np.mean(np.abs(error) / size))
        rmse = size * math.sqrt(np.mean((error / size) ** 2))
        spread = moments(target).std
        r2 = 1 - (rmse / spread) ** 2 if spread > 0 else math.nan
        return _finite(mae=mae, rmse=rmse, r2=r2)


def classification(log_probabilities: Floats, target: Floats) -> dict[str, float | None]:
    """accuracy, macro_f1, macro_recall, log_loss of (N, C) log probabilities against (N,) class indices.

    The macro means are over the classes that occur in the target. log_loss is in nats. A row whose
    probabilities are not numbers is wrong, and so is one of a class that has none (a negative index): there
    the log probability counts as UNSEEN.
    """
    codes = target.astype(np.int64)
    count, known = log_probabilities.shape[1], codes >= 0
    lost: NDArray[np.bool_] = np.asarray(np.isnan(log_probabilities).any(axis=1))
    chosen = np.where(lost, count, np.argmax(np.where(lost[:, None], 0.0, log_probabilities), axis=1))
    right = np.bincount(codes[chosen == codes], minlength=count).astype(np.float64)
    actual, said = np.bincount(codes[known], minlength=count), np.bincount(chosen, minlength=count)[:count]
    there = actual > 0
    classes = there.sum() + len(np.unique(codes[~known]))
    logs = log_probabilities[np.arange(len(codes)), np.maximum(codes, 0)]
    return _finite(
        accuracy=right.sum() / len(codes),
        macro_f1=np.sum(2 * right[there] / (actual + said)[there]) / classes,
        macro_recall=np.sum(right[there] / actual[there]) / classes,
        log_loss=-np.where(known, logs, UNSEEN).mean(),
    )


def baseline(task: Task, train: Floats, target: Floats, classes: int) -> dict[str, float | None]:
    """Metrics of the best constant: the training median for mae, mean for rmse and r2; for classes the most
    frequent one, and the training shares for log_loss.
    """
    if task == "regression":
        middle = regression(np.full(len(target), np.median(train)), target)
        average = regression(np.full(len(target), moments(train).mean), target)
        return {"mae": middle["mae"], "rmse": average["rmse"], "r2": average["r2"]}
    with np.errstate(divide="ignore"):
        shares = np.log(np.bincount(train.astype(np.int64), minlength=classes) / len(train))
    return classification(np.tile(shares, (len(target), 1)), target)


def _finite(**numbers: float) -> dict[str, float | None]:
    return {name: float(value) if math.isfinite(value) else None for name, value in numbers.items()}
