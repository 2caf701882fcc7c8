"""All parameters of a body in one buffer, all gradients in another: a step is few, large operations."""

from typing import Any

import torch
from torch import Tensor, nn

from clipviz.policies.gradients.base import Spec


class Flat:
    """Weights and gradient of K networks, (K, P) float32; the modules' parameters are views of it.

    Weights come first, layer by layer, then the thresholds: the two groups that the optimiser treats apart.
    K = 1 here; the replica axis is what clips and optimisers work on.

    specs: where each parameter lies. layers: (K, n) view of each layer's gradient, thresholds left out.
    thresholds: (K, T) view of the raw thresholds, in the order of `threshold_layers`.
    """

    def __init__(self, body: Any, device: str) -> None:
        body.to(device)
        entries = sorted(_entries(body), key=lambda entry: entry[3])  # stable: weights first
        size = sum(parameter.numel() for _, _, parameter, _ in entries)
        self.replicas = 1
        self.weights = torch.empty(1, size, device=device)
        self.gradient = torch.zeros(1, size, device=device)
        specs, start = [], 0
        for name, layer, parameter, _ in entries:
            end = start + parameter.numel()
            self.weights[0, start:end] = parameter.detach().reshape(-1)
            parameter.data = self.weights[0, start:end].view(parameter.shape)
            parameter.grad = self.gradient[0, start:end].view(parameter.shape)
            specs.append(Spec(name, layer, tuple(parameter.shape), start, end - start))
            start = end
        self.specs = tuple(specs)
        self.threshold_layers = tuple(layer for _, layer, _, learned in entries if learned)
        self.split = size - sum(p.numel() for _, _, p, learned in entries if learned)
        self.thresholds = self.weights[:, self.split :]
        self.layers = {layer: self._gradient_of(layer) for layer in body.parts}

    def _gradient_of(self, layer: str) -> Tensor:
        mine = [spec for spec in self.specs if spec.layer == layer and spec.start < self.split]
        return self.gradient[:, mine[0].start : mine[-1].start + mine[-1].size]


def _entries(body: Any) -> list[tuple[str, str, nn.Parameter, bool]]:
    """(name, layer, parameter, whether it is a threshold) of every parameter, layer by layer."""
    names = {id(parameter): name for name, parameter in body.named_parameters()}
    thresholds = {id(parameter) for clip in body.clips.values() for parameter in clip.parameters()}
    found = [
        (names[id(parameter)], layer, parameter, id(parameter) in thresholds)
        for layer, modules in body.parts.items()
        for module in modules
        for parameter in module.parameters()
    ]
    left = set(names) - {id(parameter) for _, _, parameter, _ in found}
    if left or len(found) != len(names):
        raise TypeError(f"{type(body).__name__}.parts must name each parameter once; see {names}")
    return found
