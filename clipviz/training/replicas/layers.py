"""Layers of K networks as one layer each: values carry a leading replica axis."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from clipviz.models._norms import RowsBatchNorm
from clipviz.policies.activations._clip import Clip

Held = Mapping[str, Tensor]
"""Parameters and buffers of K networks by their names inside a layer, (K, ...) each."""


class ManyLinear(nn.Module):
    """K linear layers: (K, B, I) to (K, B, O)."""

    def __init__(self, layer: nn.Linear, held: Held) -> None:
        super().__init__()
        self._given = held

    def forward(self, values: Tensor) -> Tensor:
        # Views are taken anew: autograd forgets what an older one is a view of once the weights have moved.
        weight = self._given["weight"].mT  # (K, I, O)
        if "bias" not in self._given:
            return torch.bmm(values, weight)
        return torch.baddbmm(self._given["bias"].unsqueeze(1), values, weight)


class ManyLayerNorm(nn.Module):
    """K layer norms over the last axis of (K, B, W)."""

    def __init__(self, layer: nn.LayerNorm, held: Held) -> None:
        super().__init__()
        self._shape, self._eps, self._given = layer.normalized_shape, layer.eps, held

    def forward(self, values: Tensor) -> Tensor:
        weight, bias = self._given["weight"].unsqueeze(1), self._given["bias"].unsqueeze(1)
        return functional.layer_norm(values, self._shape, eps=self._eps) * weight + bias


class ManyBatchNorm(nn.Module):
    """K batch norms of (K, B, W), each over its own batch: one of K·W columns. One row by itself: RowsBatchNorm."""

    def __init__(self, layer: RowsBatchNorm, held: Held) -> None:
        super().__init__()
        self._momentum, self._eps, self._given = layer.momentum or 0.0, layer.eps, held

    def forward(self, values: Tensor) -> Tensor:
        replicas, rows, width = values.shape
        held = {
            name: self._given[name].reshape(-1) for name in ("running_mean", "running_var", "weight", "bias")
        }
        trains = self.training and rows > 1
        if trains:
            self._given["num_batches_tracked"].add_(1)
        said = functional.batch_norm(
            values.transpose(0, 1).reshape(rows, replicas * width),
            **held,
            training=trains,
            momentum=self._momentum,
            eps=self._eps,
        )
        return said.view(rows, replicas, width).transpose(0, 1)


class ManyClip(Clip):
    """K clips of one policy, whose numbers may differ: (K, 1) or (K, C) each. Values (K, B, ...) of any shape.

    Whatever a Clip says as one number, this says as (K,).
    """

    def __init__(self, clip: Clip, held: Held) -> None:
        nn.Module.__init__(self)
        self.policy, self.knobs, self.learned, self._held = clip.policy, clip.knobs, clip.learned, clip._held
        self.axis = clip.axis if clip.axis < 0 else clip.axis + 1
        for name, tensor in held.items():
            self.__dict__[name] = tensor
        self.penalises = bool(held["penalty_rate"].any()) if "penalty_rate" in held else False

    def forward(self, values: Tensor) -> Tensor:
        if not self._held:
            return self.policy.apply(values)
        return self.policy.trained(values, **self._beside(values, self.numbers()))

    def _beside(self, values: Tensor, numbers: Mapping[str, Tensor]) -> dict[str, Any]:
        fitted: dict[str, Any] = {}
        for name, number in numbers.items():
            shape = [1] * values.ndim
            shape[0], shape[self.axis] = number.shape
            fitted[name] = number.to(values.dtype).view(shape)
        return fitted | {"axis": self.axis} if self.policy.vectors else fitted

    def saturation_at(self, values: Tensor, theta: Tensor) -> Tensor:
        others = {name: self.__dict__[raw] for name, raw, _ in self._held if name != "theta"}
        given = self._beside(values, {"theta": theta.unsqueeze(1), **others})
        return self._share(self.policy.beyond(values, **given))

    def _share(self, which: Tensor) -> Tensor:
        return which.flatten(1).mean(dim=1, dtype=torch.float32)

    def penalty(self) -> Tensor:
        bounds = torch.cat(list(self.readable().values()), dim=1)
        rate: Tensor = self.__dict__["penalty_rate"]
        return 0.5 * rate * bounds.square().sum(dim=1)


KINDS: dict[type[nn.Module], Any] = {
    nn.Linear: ManyLinear,
    nn.LayerNorm: ManyLayerNorm,
    RowsBatchNorm: ManyBatchNorm,
    Clip: ManyClip,
}
"""What stands for a layer when K of them are one."""
