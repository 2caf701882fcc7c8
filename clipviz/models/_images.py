"""Rows of pixels as images."""

from torch import Tensor

from clipviz.models.base import Signal


def planes(rows: Tensor, signal: Signal) -> Tensor:
    """(N, H·W·C) pixel by pixel to (N, C, H, W)."""
    assert signal.image is not None
    height, width, channels = signal.image
    return rows.view(-1, height, width, channels).permute(0, 3, 1, 2)
