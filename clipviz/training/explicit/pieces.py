"""The pieces that a plain sequence of layers falls into, each with its two passes."""

from typing import Any, Protocol

import torch
from torch import Tensor

from clipviz.policies.activations.base import ActivationClip


class Piece(Protocol):
    """One layer for batches of one size; what it hands on is its own memory until it is asked again."""

    def ahead(self, values: Tensor) -> Tensor:
        """Values (B, I), or (K, B, I) of K networks, through the layer."""

    def back(self, slope: Tensor) -> Tensor:
        """From ∂loss/∂output to ∂loss/∂input, maybe in place; leaves the gradients of its weights where they belong."""


class Weight:
    """A parameter and its gradient, views of the flat buffers: of its own shape, or (K, *shape) of K networks."""

    def __init__(self, live: Tensor, gradient: Tensor) -> None:
        self.live, self.gradient = live, gradient


class Linear:
    """first: nobody asks for the slope of what flows in."""

    def __init__(self, weight: Weight, bias: Weight, rows: int, first: bool) -> None:
        outputs, inputs = weight.live.shape[-2:]
        lead = (*weight.live.shape[:-2], rows)
        one, self._first = weight.live.ndim == 2, first
        self._multiply = torch.mm if one else torch.bmm
        self._affine = torch.addmm if one else torch.baddbmm
        self._weight, self._across = weight.live, weight.live.mT
        self._bias = bias.live if one else bias.live.unsqueeze(1)
        self._gradient, self._bias_gradient = weight.gradient, bias.gradient
        # Many products go to memory of their own first, and those with short rows the other way round: half the time.
        self._turned = inputs < outputs
        self._room = (
            None if one else weight.live.new_empty((weight.live.mT if self._turned else weight.live).shape)
        )
        self.said = weight.live.new_empty(*lead, outputs)
        self._inward = weight.live.new_empty(*lead, 0 if first else inputs)

    def ahead(self, values: Tensor) -> Tensor:
        self._values = values
        return self._affine(self._bias, values, self._across, out=self.said)

    def back(self, slope: Tensor) -> Tensor:
        if self._room is None:
            torch.mm(slope.mT, self._values, out=self._gradient)
        elif self._turned:
            self._gradient.copy_(torch.bmm(self._values.mT, slope, out=self._room).mT)
        else:
            self._gradient.copy_(torch.bmm(slope.mT, self._values, out=self._room))
        torch.sum(slope, -2, out=self._bias_gradient)
        return slope if self._first else self._multiply(slope, self._weight, out=self._inward)


class Written:
    """A policy that writes out its passes.

    numbers: live, in the shape that its formula takes. gradient: where that of its theta goes, in the shape of theta.
    said, kept: what it may fill; for a function the memory of its values.
    """

    def __init__(
        self,
        policy: ActivationClip,
        numbers: dict[str, Tensor],
        gradient: Tensor | None,
        said: Tensor,
        kept: Tensor,
    ) -> None:
        self._policy, self._numbers, self._gradient = policy, numbers, gradient
        self._said, self._kept = said, kept

    def ahead(self, values: Tensor) -> Tensor:
        self._values = values
        self._policy.ahead(values, self._said, self._kept, **self._numbers)
        return self._said

    def back(self, slope: Tensor) -> Tensor:
        learned = self._policy.back(slope, self._values, self._said, self._kept, **self._numbers)
        if self._gradient is not None and learned is not None:
            self._gradient.copy_(learned)
        return slope


class Tap:
    """Shows what flows by. seen: the values of the last batch."""

    seen: Tensor

    def ahead(self, values: Tensor) -> Tensor:
        self.seen = values
        return values

    def back(self, slope: Tensor) -> Tensor:
        return slope


class ByAutograd:
    """Any other clip or function, by a graph of its own. weights: what is learned in it."""

    _said: Tensor

    def __init__(self, module: Any, weights: dict[str, Weight]) -> None:
        self._module = module
        self._leaves = [getattr(module, name) for name in weights]
        self._gradients = [weight.gradient for weight in weights.values()]

    def ahead(self, values: Tensor) -> Tensor:
        with torch.enable_grad():
            self._values = values.detach().requires_grad_()
            self._said = self._module(self._values)
        return self._said.detach()

    def back(self, slope: Tensor) -> Tensor:
        asked = [self._values, *self._leaves]
        inward: Tensor = torch.zeros_like(slope)
        learned = [torch.zeros_like(each) for each in self._leaves]
        if self._said.requires_grad:
            with torch.enable_grad():  # a scalar: to be given slopes, torch would import sympy first
                sent = (self._said * slope).sum()
            inward, *learned = torch.autograd.grad(sent, asked, materialize_grads=True)
        for gradient, slot in zip(learned, self._gradients, strict=True):
            slot.copy_(gradient)
        return inward
