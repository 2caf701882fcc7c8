"""The gradient a short way up the slope, for minima that are flat."""

import torch
from torch import Tensor

from clipviz.training.backward import Backward
from clipviz.training.flat import Flat


class Sharpness:
    """Two passes: the first finds the way up, the second leaves the gradient of w + radius · g / ‖g‖ in the buffer.

    Everything behind it, clip and optimiser, acts on that second gradient, at the weights of before. Thresholds
    stay where they are in between, and the running statistics of batch norms are those of the first pass, whose
    loss and values are told. Foret, Kleiner, Mobahi and Neyshabur, arXiv:2010.01412, 2020.
    """

    def __init__(self, backward: Backward, flat: Flat, radius: float) -> None:
        self._backward, self._flat, self._radius = backward, flat, radius
        self._held = torch.empty_like(flat.weights)
        self._running = [(held, torch.empty_like(held)) for held in flat.running.values()]

    def __call__(self, inputs: Tensor, goal: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Mean loss of a batch at the weights as they are, and what flowed into each place's clips."""
        loss, taps = self._backward(inputs, goal)
        taps = [tap.clone() for tap in taps]  # the second pass may use the same memory
        with torch.no_grad():
            self._hold()
            weights, gradient = (
                buffer[:, : self._flat.split] for buffer in (self._flat.weights, self._flat.gradient)
            )
            norm = torch.linalg.vector_norm(gradient, dim=1, keepdim=True)  # (K, 1)
            weights.addcmul_(gradient, self._radius / (norm + 1e-12))
            self._flat.gradient.zero_()
        try:
            self._backward(inputs, goal)
        finally:
            with torch.no_grad():
                self._put_back()
        return loss, taps

    def _hold(self) -> None:
        self._held.copy_(self._flat.weights)
        for live, held in self._running:
            held.copy_(live)

    def _put_back(self) -> None:
        self._flat.weights.copy_(self._held)
        for live, held in self._running:
            live.copy_(held)
