"""The losses of K batches and their gradients."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from clipviz.training.explicit.losses import explicit
from clipviz.training.explicit.passing import Passing
from clipviz.training.flat import Flat
from clipviz.training.replicas.layers import ManyClip
from clipviz.training.replicas.stack import Stack


class ManyBackward:
    """Leaves the gradients of K batches in the flat buffer, each that of its own replica's loss.

    As `training.backward.Backward`, in float32. What one replica's numbers become, infinite or none, touches no other.
    """

    scale = None

    def __init__(self, stack: Stack, losses: Sequence[nn.Module], flat: Flat, pieces: int) -> None:
        self._stack, self._loss, self.pieces = stack, together(losses), pieces
        self._gradients = [
            flat.gradient[:, spec.start : spec.start + spec.size].view(leaf.shape)
            for spec, leaf in zip(flat.specs, stack.leaves, strict=True)
        ]
        self._penalised = [
            clip
            for place in stack.clips.values()
            for _, clip in place.bounded()
            if isinstance(clip, ManyClip) and clip.penalises
        ]
        plain = stack.plain is not None and not self._penalised
        loss = explicit(losses[0], self._loss)
        self._passing = Passing(stack.plain, loss, flat, stacked=True) if plain else None

    def __call__(self, inputs: Tensor, goal: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Mean losses (K,) of batches (K, B, D), and what flowed into each place's clips, (K, B, ...) each."""
        if self.pieces == 1 and self._passing is not None:
            return self._passing(inputs, goal)
        if self.pieces == 1:
            return self._piece(inputs, goal, 1.0, first=True)
        rows = inputs.shape[1]
        said = [
            self._piece(some, wanted, some.shape[1] / rows, first=place == 0)
            for place, (some, wanted) in enumerate(
                zip(inputs.chunk(self.pieces, 1), goal.chunk(self.pieces, 1), strict=True)
            )
        ]
        losses, taps = zip(*said, strict=True)
        return torch.stack(losses).sum(dim=0), [torch.cat(parts, 1) for parts in zip(*taps, strict=True)]

    def _piece(self, inputs: Tensor, goal: Tensor, share: float, first: bool) -> tuple[Tensor, list[Tensor]]:
        taps: list[Tensor] = []
        loss = self._loss(self._stack(inputs, taps), goal)  # (K,)
        loss = loss if share == 1.0 else loss * share
        whole = loss.sum()
        for clip in self._penalised if first else ():
            whole = whole + clip.penalty().sum()
        slopes = torch.autograd.grad(whole, self._stack.leaves, materialize_grads=True)
        for slope, gradient in zip(slopes, self._gradients, strict=True):
            gradient.copy_(slope) if first else gradient.add_(slope)
        return loss.detach(), [tap.detach() for tap in taps]


class _Many:
    """Losses that hold numbers of their own, such as weights of classes."""

    def __init__(self, losses: Sequence[nn.Module]) -> None:
        self._held = stack_module_state(list(losses))[1]
        loss = losses[0]
        self._call = vmap(lambda held, said, goal: functional_call(loss, held, (said, goal)))

    def __call__(self, said: Tensor, goal: Tensor) -> Tensor:
        losses: Tensor = self._call(self._held, said, goal)
        return losses


def together(losses: Sequence[nn.Module]) -> Callable[[Tensor, Tensor], Tensor]:
    """From outputs (K, B, O) and goals (K, B, ...) to the mean loss of each replica, (K,)."""
    if any(True for _ in losses[0].buffers()):
        return _Many(losses)
    return vmap(losses[0])
