"""Normalisation layers by the words that recipes use."""

from torch import nn

from clipviz.models.base import Norm


def rows(norm: Norm, width: int) -> nn.Module | None:
    """For values (N, width)."""
    if norm == "batch":
        return nn.BatchNorm1d(width)
    return nn.LayerNorm(width) if norm == "layer" else None


def planes(norm: Norm, channels: int) -> nn.Module | None:
    """For values (N, channels, H, W); "layer" is over all of them at once, as a group norm of one group."""
    if norm == "batch":
        return nn.BatchNorm2d(channels)
    return nn.GroupNorm(1, channels) if norm == "layer" else None


def some(*modules: nn.Module | None) -> tuple[nn.Module, ...]:
    """Those that are there."""
    return tuple(module for module in modules if module is not None)
