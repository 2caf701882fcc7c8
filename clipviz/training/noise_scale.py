"""How noisy the gradient is: the batch size at which noise and signal are equal."""

import math

import numpy as np
import torch
from torch import Tensor

from clipviz.training.backward import Backward
from clipviz.training.flat import Flat
from clipviz.training.rows import Rows
from clipviz.training.stream import Streamed

PIECES = 4
MEMORY = 0.8


def estimate(small: float, big: float, rows: int, pieces: int) -> tuple[float, float]:
    """(|G|^2, S): squared length of the true gradient and trace of its covariance.

    small: mean |g|^2 of gradients over `rows` rows each, big: |g|^2 of the mean of so many pieces. McCandlish et al.,
    An empirical model of large-batch training, arXiv:1812.06162, 2018, appendix A.
    """
    large = rows * pieces
    return (large * big - rows * small) / (large - rows), (small - big) / (1 / rows - 1 / large)


class NoiseScale:
    """The gradient noise scale S / |G|^2 in rows, from running averages of S and |G|^2, each by itself.

    A batch far smaller averages too little, one far larger wastes rows. The gradients are those of the loss on rows of
    the training set, before the clip, dropout included; looking leaves no trace in the training.
    """

    def __init__(self, flat: Flat, backward: Backward, train: Rows | Streamed, batch: int, seed: int) -> None:
        self._flat, self._backward, self._train, self._seed = flat, backward, train, seed
        self._rows = min(batch, len(train)) // PIECES
        self._averages = torch.full((2,), float("nan"), dtype=torch.float64)
        self.gradient = torch.zeros_like(flat.gradient[0])

    def state(self) -> dict[str, Tensor]:
        """The running averages, live, for a checkpoint."""
        return {"averages": self._averages}

    def look(self, step: int) -> float:
        """The noise scale at a step; NaN where the batch is too small to be cut, or the noise hides the signal.

        `gradient` (P,) is then the mean of the pieces' gradients.
        """
        if not self._rows:
            self.gradient.zero_()
            return math.nan
        choice = np.random.default_rng([self._seed, step, 1])
        places = choice.choice(len(self._train), PIECES * self._rows, replace=False)
        rows = self._train.take(places)
        squares = torch.stack([self._squared(piece) for piece in self._pieces(rows)])
        big = self._squared(self.gradient)
        found = torch.tensor(
            estimate(float(squares.mean()), float(big), self._rows, PIECES), dtype=torch.float64
        )
        known = self._averages.isfinite()
        self._averages.copy_(torch.where(known, MEMORY * self._averages + (1 - MEMORY) * found, found))
        signal, noise = self._averages.tolist()
        return noise / signal if signal > 0 and noise > 0 else math.nan

    def _pieces(self, rows: Rows) -> list[Tensor]:
        """The gradient (P,) of each piece; their mean is `gradient`."""
        flat = self._flat
        held = {name: tensor.clone() for name, tensor in flat.running.items()}
        cuda = [flat.gradient.device] if flat.gradient.is_cuda else []
        found = []
        with torch.random.fork_rng(devices=cuda), torch.enable_grad():
            for place in range(PIECES):
                some = slice(place * self._rows, (place + 1) * self._rows)
                self._backward(rows.inputs[some], rows.goal[some])
                found.append(flat.gradient[0].detach().clone())
                flat.gradient.zero_()
        for name, tensor in held.items():
            flat.running[name].copy_(tensor)
        self.gradient = torch.stack(found).mean(dim=0)
        return found

    def _squared(self, gradient: Tensor) -> Tensor:
        return gradient[: self._flat.split].to(torch.float64).square().sum()
