"""The two passes of a plain sequence of layers."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from clipviz.models._place import Place
from clipviz.policies.activations._clip import Clip
from clipviz.policies.gradients.base import Spec
from clipviz.training.explicit.losses import Loss
from clipviz.training.explicit.pieces import ByAutograd, Linear, Piece, Tap, Weight, Written
from clipviz.training.explicit.thetas import Thetas, plain
from clipviz.training.flat import Flat


class Passing:
    """Leaves the gradient of a batch in the flat buffer: what autograd would, within rounding, in a third of the time.

    Linear layers, the usual functions and clips are written out (`explicit` in their policies); any other has a graph
    of its own. Memory is laid out once for each size of batch.
    """

    def __init__(self, body: Any, loss: Loss, flat: Flat, stacked: bool = False) -> None:
        """body: one that `follows`; stacked: what a stack of such bodies (replicas.stack) runs, on (K, B, ...)."""
        self._modules: tuple[nn.Module, ...] = body.sequence
        self._loss, self._lead = loss, (flat.replicas,) if stacked else ()
        self._names = {id(module): name for name, module in body.named_modules()}
        self._weights = {
            spec.name: Weight(self._view(flat.weights, spec), self._view(flat.gradient, spec))
            for spec in flat.specs
        }
        places = [module for module in self._modules if isinstance(module, Place)]
        learned = [
            clip for place in places for clip in place.chain if isinstance(clip, Clip) and clip.learned
        ]
        written = plain(flat, learned) and all(_is_written(clip) for clip in learned)
        self._thetas = Thetas(flat) if written else None
        self._columns = {id(clip): column for column, clip in enumerate(learned)}
        self._laid: dict[int, list[Piece]] = {}

    def __call__(self, inputs: Tensor, goal: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Mean loss () or (K,) of a batch, and what flowed into each place's clips, overwritten by the next batch."""
        rows = inputs.shape[-2]
        with torch.no_grad():
            if rows not in self._laid:
                self._laid[rows] = list(self._pieces(inputs))
            pieces = self._laid[rows]
            if self._thetas is not None:
                self._thetas.read()
            values = inputs
            for piece in pieces:
                values = piece.ahead(values)
            loss, slope = self._loss(values, goal)
            for piece in reversed(pieces):
                slope = piece.back(slope)
            if self._thetas is not None:
                self._thetas.send()
        return loss, [piece.seen for piece in pieces if isinstance(piece, Tap)]

    def _view(self, held: Tensor, spec: Spec) -> Tensor:
        return held.detach()[:, spec.start : spec.start + spec.size].view(*self._lead, *spec.shape)

    def _pieces(self, inputs: Tensor) -> Iterator[Piece]:
        """The pieces for batches of this size."""
        like = inputs
        for place, module in enumerate(self._modules):
            if not isinstance(module, Place):
                weight, bias = self._of(module, "weight", "bias")
                linear = Linear(weight, bias, like.shape[-2], first=place == 0)
                like = linear.said
                yield linear
                continue
            if module.function is not None:
                yield self._clip(module.function, like, in_place=place > 0)
            yield Tap()
            for clip in module.chain:
                yield self._clip(clip, like)

    def _of(self, module: nn.Module, *names: str) -> list[Weight]:
        return [self._weights[f"{self._names[id(module)]}.{name}"] for name in names]

    def _clip(self, clip: Any, like: Tensor, in_place: bool = False) -> Piece:
        """What stands for a clip or a function of values that are `like` this."""
        if not _is_written(clip) or (clip.learned and self._thetas is None):
            learned = [raw for name, raw, _ in clip._held if clip.knobs[name].learned]
            return ByAutograd(clip, dict(zip(learned, self._of(clip, *learned), strict=True)))
        numbers = {name: self._fitted(getattr(clip, raw), like) for name, raw, _ in clip._held}
        gradient = None
        if self._thetas is not None and id(clip) in self._columns:
            column = self._columns[id(clip)]
            numbers["theta"] = self._fitted(self._thetas.now[:, column], like)
            gradient = self._fitted(self._thetas.gradient[:, column], like)
        room = (like, like) if in_place else (torch.empty_like(like), torch.empty_like(like))
        return Written(clip.policy, numbers, gradient, *room)

    def _fitted(self, number: Tensor, like: Tensor) -> Tensor:
        """A number of each network as formulas take it: (1,), or (K, 1, ...)."""
        return number.view(-1, *[1] * (like.ndim - 1)) if self._lead else number.view(1)


def _is_written(clip: Clip) -> bool:
    """Whether the policy of a clip writes out its passes for the numbers that it has here."""
    return clip.policy.explicit and getattr(clip.policy, "per", "layer") == "layer"


def follows(body: Any, flat: Flat) -> bool:
    """Whether a body is a plain sequence all of whose weights are learned."""
    return bool(getattr(body, "sequence", ())) and len(list(body.parameters())) == len(flat.specs)
