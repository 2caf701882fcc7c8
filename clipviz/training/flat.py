"""All parameters of a body in one buffer, all gradients in another: a step is few, large operations."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import torch
from torch import nn

from clipviz.policies.gradients.base import Spec

RUNNING = ("running_mean", "running_var", "num_batches_tracked")


class Flat:
    """Weights and gradient of K networks, (K, P) float32; the modules' parameters are views of it.

    Weights come first, layer by layer, then what is learned inside the clips, by rate: the groups that the
    optimiser treats apart. K = 1 here; the replica axis is what clips and optimisers work on.

    specs: where each parameter lies. layers: (K, n) view of each layer's gradient, thresholds left out; one
    without weights of its own is not there. split: where the thresholds begin. rates: (rate, start, end) of
    each stretch of thresholds. thresholds: (K, T) view of the raw thresholds. running: the statistics that batch norms
    keep beside the weights, by name. What is frozen (requires no gradient) is not among the weights.
    """

    def __init__(self, body: Any, device: str) -> None:
        body.to(device)
        rates = _rates(body)
        entries = sorted(
            _entries(body), key=lambda entry: rates.get(id(entry[2]), 0.0)
        )  # stable: weights first
        size = sum(parameter.numel() for _, _, parameter in entries)
        self.replicas = 1
        self.weights = torch.empty(1, size, device=device)
        self.gradient = torch.zeros(1, size, device=device)
        specs, start = [], 0
        for name, layer, parameter in entries:
            end = start + parameter.numel()
            self.weights[0, start:end] = parameter.detach().reshape(-1)
            parameter.data = self.weights[0, start:end].view(parameter.shape)
            parameter.grad = self.gradient[0, start:end].view(parameter.shape)
            specs.append(Spec(name, layer, tuple(parameter.shape), start, end - start))
            start = end
        self.specs = tuple(specs)
        learned = [
            (rates[id(entry[2])], spec)
            for entry, spec in zip(entries, specs, strict=True)
            if id(entry[2]) in rates
        ]
        self.split = learned[0][1].start if learned else size
        self.rates = tuple(_stretches(learned))
        self.thresholds = self.weights[:, self.split :]
        self.running = {name: held for name, held in body.named_buffers() if name.endswith(RUNNING)}
        self.layers = {
            layer: self.gradient[:, mine[0].start : mine[-1].start + mine[-1].size]
            for layer in body.parts
            if (mine := [spec for spec in specs if spec.layer == layer and spec.start < self.split])
        }

    def place(self, name: str) -> slice:
        """Where a parameter's threshold values lie in `thresholds`; raises StopIteration for one that is not there."""
        spec = next(spec for spec in self.specs if spec.name == name)
        return slice(spec.start - self.split, spec.start - self.split + spec.size)


def _rates(body: Any) -> dict[int, float]:
    """The rate of every parameter inside a clip, by its identity."""
    return {
        id(parameter): float(getattr(getattr(module, "policy", None), "threshold_rate", 1.0))
        for place in body.clips.values()
        for module in place.modules()
        for parameter in module.parameters(recurse=False)
    }


def _stretches(learned: list[tuple[float, Spec]]) -> Iterator[tuple[float, int, int]]:
    """(rate, start, end) of neighbours that share a rate."""
    for rate, mine in groupby(learned, key=itemgetter(0)):
        specs = [spec for _, spec in mine]
        yield rate, specs[0].start, specs[-1].start + specs[-1].size


def _entries(body: Any) -> list[tuple[str, str, nn.Parameter]]:
    """(name, layer, parameter) of every parameter, layer by layer."""
    names = {id(p): name for name, p in body.named_parameters() if p.requires_grad}
    found = [
        (names[id(parameter)], layer, parameter)
        for layer, modules in body.parts.items()
        for module in modules
        for parameter in module.parameters()
        if parameter.requires_grad
    ]
    left = set(names) - {id(parameter) for _, _, parameter in found}
    if left or len(found) != len(names):
        raise TypeError(f"{type(body).__name__}.parts must name each parameter once; see {names}")
    return found
