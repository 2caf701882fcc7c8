"""Normalisation layers by the words that recipes use."""

from torch import Tensor, nn
from torch.nn import functional

from clipviz.models.base import Norm


class RowsBatchNorm(nn.BatchNorm1d):
    """As nn.BatchNorm1d; one row by itself, which has no spread, takes the running statistics and leaves them alone."""

    def forward(self, values: Tensor) -> Tensor:
        return _by_running(self, values) if lone(self, values) else super().forward(values)


class PlanesBatchNorm(nn.BatchNorm2d):
    """As nn.BatchNorm2d; where a map of one row is one pixel, as RowsBatchNorm."""

    def forward(self, values: Tensor) -> Tensor:
        return _by_running(self, values) if lone(self, values) else super().forward(values)


def lone(norm: nn.Module, values: Tensor) -> bool:
    """Whether a norm that trains is given one value a channel (N, C, ...) only."""
    return norm.training and values.numel() == values.shape[1]


def _by_running(norm: nn.BatchNorm1d | nn.BatchNorm2d, values: Tensor) -> Tensor:
    return functional.batch_norm(
        values, norm.running_mean, norm.running_var, norm.weight, norm.bias, eps=norm.eps
    )


def rows(norm: Norm, width: int) -> nn.Module | None:
    """For values (N, width)."""
    if norm == "batch":
        return RowsBatchNorm(width)
    return nn.LayerNorm(width) if norm == "layer" else None


def planes(norm: Norm, channels: int) -> nn.Module | None:
    """For values (N, channels, H, W); "layer" is over all of them at once, as a group norm of one group."""
    if norm == "batch":
        return PlanesBatchNorm(channels)
    return nn.GroupNorm(1, channels) if norm == "layer" else None


def some(*modules: nn.Module | None) -> tuple[nn.Module, ...]:
    """Those that are there."""
    return tuple(module for module in modules if module is not None)
