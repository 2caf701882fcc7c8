"""K bodies of one architecture as one body."""

import copy
import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from clipviz.training.explicit.passing import follows
from clipviz.training.flat import RUNNING, Flat
from clipviz.training.replicas.layers import KINDS, Held


class Stack:
    """(K, B, D) to (K, B, O): what K bodies say of a batch each, computed as one.

    A body whose layers are all known (`layers.KINDS`), and which lets leading axes pass, is run as it stands on
    batched layers; any other goes through torch.func.vmap. `batched` None decides by itself.

    leaves: (K, ...) weights that gradients are asked for, views of flat.weights, in the order of flat.specs.
    clips: what stands at each place, on values (K, B, ...). plain: the batched body, where it is a plain sequence of
    layers (explicit.passing.follows). From then on the buffers of the bodies are rows of
    those that are stacked here: what a step does to running statistics, each body sees.
    """

    def __init__(self, bodies: Sequence[Any], flat: Flat, batched: bool | None = None) -> None:
        self.replicas = len(bodies)
        self.leaves = [_leaf(flat.weights, spec.start, spec.shape) for spec in flat.specs]
        held = {spec.name: leaf for spec, leaf in zip(flat.specs, self.leaves, strict=True)}
        frozen = {
            name: torch.stack([dict(body.named_parameters())[name].detach() for body in bodies])
            for name, _ in bodies[0].named_parameters()
            if name not in held
        }
        self._parameters = held | frozen
        self._buffers = _shared_buffers(bodies)
        self._all = self._parameters | self._buffers
        self.running = {name: held for name, held in self._buffers.items() if name.endswith(RUNNING)}
        swapped = {id(module): many for module, many in self._many(bodies[0])}
        self.batched = lets_axes_pass(bodies[0]) if batched is None else batched
        if self.batched:
            self._body = copy.deepcopy(bodies[0], swapped)
            self.clips = dict(self._body.clips)
        else:
            self._body = copy.deepcopy(bodies[0]).to("meta")
            self.clips = {name: copy.deepcopy(place, swapped) for name, place in bodies[0].clips.items()}
        self.plain = self._body if self.batched and follows(bodies[0], flat) else None
        self._call = vmap(self._one, in_dims=(0, 0, 0), randomness="different")
        self._call_shared = vmap(self._one, in_dims=(0, 0, None), randomness="different")

    def __call__(self, inputs: Tensor, taps: list[Tensor] | None = None) -> Tensor:
        """Inputs (K, B, D), or (N, D) that all share; `taps` takes (K, B, ...) of each place."""
        if self.batched:
            said: Tensor = self._body(inputs if inputs.ndim == 3 else self._spread(inputs), taps)
            return said
        call = self._call if inputs.ndim == 3 else self._call_shared
        said, seen = call(self._parameters, self._buffers, inputs)
        if taps is not None:
            taps += seen
        return said

    def train(self, mode: bool = True) -> None:
        """Dropout and batch statistics on, or off."""
        self._body.train(mode)

    def _spread(self, inputs: Tensor) -> Tensor:
        return inputs.expand(self.replicas, *inputs.shape)

    def _one(
        self, parameters: dict[str, Tensor], buffers: dict[str, Tensor], inputs: Tensor
    ) -> tuple[Tensor, list[Tensor]]:
        taps: list[Tensor] = []
        said = functional_call(self._body, (parameters, buffers), (inputs, taps))
        return said, taps

    def _many(self, body: nn.Module) -> list[tuple[nn.Module, nn.Module]]:
        """What stands for each layer of a body, for layers that are known."""
        return [
            (module, KINDS[type(module)](module, self._inside(name)))
            for name, module in body.named_modules()
            if type(module) in KINDS
        ]

    def _inside(self, name: str) -> Held:
        first = f"{name}." if name else ""
        return {key[len(first) :]: tensor for key, tensor in self._all.items() if key.startswith(first)}


def lets_axes_pass(body: Any) -> bool:
    """Whether a body runs on (K, B, D) as it stands once its layers do."""
    holders = (module for module in body.modules() if module._parameters or module._buffers)
    return getattr(body, "any_leading_axes", False) and all(type(module) in KINDS for module in holders)


def _leaf(weights: Tensor, start: int, shape: tuple[int, ...]) -> Tensor:
    columns = weights.detach()[:, start : start + math.prod(shape)]
    return columns.view(len(weights), *shape).detach().requires_grad_()


def _shared_buffers(bodies: Sequence[Any]) -> dict[str, Tensor]:
    """(K, ...) of each buffer; the bodies' own become its rows."""
    found: dict[str, Tensor] = {}
    for name, _ in bodies[0].named_buffers():
        owners = [body.get_submodule(name.rpartition(".")[0]) for body in bodies]
        last = name.rpartition(".")[2]
        whole = torch.stack([owner._buffers[last] for owner in owners])
        for owner, row in zip(owners, whole.unbind(0), strict=True):
            owner._buffers[last] = row
        found[name] = whole
    return found
