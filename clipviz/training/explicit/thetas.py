"""The thresholds of a network as one tensor, where they are one learned positive number a clip."""

from collections.abc import Sequence
from typing import Any

import torch
from torch._C import _nn

from clipviz.policies.activations._clip import FLOOR, Clip
from clipviz.training.flat import Flat


class Thetas:
    """theta = softplus(raw) + 1e-6 of all clips by a few kernels, and the way back; see `plain`.

    now: (K, T) float32, those of the last `read`. gradient: (K, T), where ∂loss/∂theta goes.
    """

    def __init__(self, flat: Flat) -> None:
        self._raw, self._into = flat.thresholds, flat.gradient[:, flat.split :]
        self.now, self.gradient = torch.empty_like(self._raw), torch.zeros_like(self._raw)
        self._slope = torch.empty_like(self._raw)

    def read(self) -> None:
        """Computes them anew."""
        _nn.softplus(self._raw, out=self.now).add_(FLOOR)  # type: ignore[call-arg]

    def send(self) -> None:
        """Puts ∂loss/∂raw into the flat gradient."""
        torch.mul(self.gradient, torch.sigmoid(self._raw, out=self._slope), out=self._into)


def plain(flat: Flat, clips: Sequence[Clip]) -> bool:
    """Whether all that is learned inside clips is one theta of each of these, in the order of the flat buffer."""
    if len(clips) != flat.thresholds.shape[1]:
        return False
    for clip, column in zip(clips, flat.thresholds.unbind(1), strict=True):
        theta = clip.knobs.get("theta")
        if theta is None or not (theta.learned and theta.positive):
            return False
        raw: Any = clip.raw_theta
        if raw.numel() != flat.replicas or raw.data_ptr() != column.data_ptr():
            return False
    return True
