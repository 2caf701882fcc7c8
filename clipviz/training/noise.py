"""Noise on the gradient, less and less of it."""

import torch
from torch import Tensor

from clipviz.training.flat import Flat

FADING = 0.55


class Noise:
    """Adds N(0, spread² / (1 + t)^0.55) to the gradient of every weight, t counting steps from 0; not of thresholds.

    Each replica's is its own, by torch's generator of the device. Neelakantan et al., Adding Gradient Noise Improves
    Learning for Very Deep Networks, arXiv:1511.06807, 2015, whose eta is spread².
    """

    def __init__(self, flat: Flat, spread: float) -> None:
        self._spread = spread
        self._drawn = torch.empty_like(flat.gradient[:, : flat.split])
        self._taken = flat.gradient.new_zeros(flat.replicas, 1)

    def add(self, gradient: Tensor) -> None:
        """Adds it to gradients (K, P) in place."""
        spread = self._spread * (1 + self._taken).pow_(-FADING / 2)
        gradient[:, : self._drawn.shape[1]].addcmul_(self._drawn.normal_(), spread)
        self._taken.add_(1)

    def state(self) -> dict[str, Tensor]:
        return {"taken": self._taken}
