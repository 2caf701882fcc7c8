"""All parameters of a body in one buffer, all gradients in another: a step is few, large operations."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import torch
from torch import Tensor, nn

from clipviz.policies.gradients.base import Spec

RUNNING = ("running_mean", "running_var", "num_batches_tracked")


class Flat:
    """Weights and gradient of K networks, (K, P) float32; the modules' parameters are views of it.

    Weights come first, layer by layer, then what is learned inside the clips, by rate: the groups that the
    optimiser treats apart. K = 1 for the body given; `together` makes one of several.

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
        self._parameters = [parameter for _, _, parameter in entries]
        specs, start = [], 0
        for name, layer, parameter in entries:
            specs.append(Spec(name, layer, tuple(parameter.shape), start, parameter.numel()))
            start += parameter.numel()
        self.specs = tuple(specs)
        learned = [
            (rates[id(entry[2])], spec)
            for entry, spec in zip(entries, specs, strict=True)
            if id(entry[2]) in rates
        ]
        self.split = learned[0][1].start if learned else start
        self.rates: tuple[tuple[float | Tensor, int, int], ...] = tuple(_stretches(learned))
        self.find_running(body)
        self._spans = _spans(body, self.specs, self.split)
        self._hold(torch.empty(1, start, device=device), torch.zeros(1, start, device=device))
        self.settle(self.weights, self.gradient)

    @classmethod
    def together(cls, flats: Sequence["Flat"]) -> "Flat":
        """The buffers of K networks as one; each of the given ones is from then on a row of it.

        They must have the same specs. Its `running` is empty: the statistics are those of the bodies.
        """
        first = flats[0]
        whole = cls.__new__(cls)
        whole.specs, whole.split, whole._spans = first.specs, first.split, first._spans
        whole._parameters, whole.running = [], {}
        whole.rates = tuple(_each_rate(flats))
        whole._hold(torch.cat([flat.weights for flat in flats]), torch.cat([flat.gradient for flat in flats]))
        for place, flat in enumerate(flats):
            flat.settle(whole.weights[place : place + 1], whole.gradient[place : place + 1])
        return whole

    def find_running(self, body: Any) -> None:
        """Looks up the running statistics of a body, which may have moved."""
        self.running = {name: held for name, held in body.named_buffers() if name.endswith(RUNNING)}

    def settle(self, weights: Tensor, gradient: Tensor) -> None:
        """Moves into buffers (1, P): the parameters, with their values, become views of them."""
        for spec, parameter in zip(self.specs, self._parameters, strict=True):
            columns = slice(spec.start, spec.start + spec.size)
            weights[0, columns] = parameter.detach().reshape(-1)
            parameter.data = weights[0, columns].view(spec.shape)
            parameter.grad = gradient[0, columns].view(spec.shape)
        self._hold(weights, gradient)

    def _hold(self, weights: Tensor, gradient: Tensor) -> None:
        self.replicas = len(weights)
        self.weights, self.gradient = weights, gradient
        self.thresholds = weights[:, self.split :]
        self.layers = {layer: gradient[:, start:end] for layer, (start, end) in self._spans.items()}

    def place(self, name: str) -> slice:
        """Where a parameter's threshold values lie in `thresholds`; raises StopIteration for one that is not there."""
        spec = next(spec for spec in self.specs if spec.name == name)
        return slice(spec.start - self.split, spec.start - self.split + spec.size)


def _spans(body: Any, specs: Sequence[Spec], split: int) -> dict[str, tuple[int, int]]:
    """The columns of each layer's own weights."""
    return {
        layer: (mine[0].start, mine[-1].start + mine[-1].size)
        for layer in body.parts
        if (mine := [spec for spec in specs if spec.layer == layer and spec.start < split])
    }


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


def _each_rate(flats: Sequence[Flat]) -> Iterator[tuple[float | Tensor, int, int]]:
    """(rate, start, end) of every parameter inside a clip: one number, or (K, 1) where replicas differ."""
    for spec in flats[0].specs:
        if spec.start >= flats[0].split:
            rates = [
                float(next(rate for rate, start, end in flat.rates if start <= spec.start < end))
                for flat in flats
            ]
            same = len(set(rates)) == 1
            rate = rates[0] if same else torch.tensor(rates, device=flats[0].weights.device).unsqueeze(1)
            yield rate, spec.start, spec.start + spec.size


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
