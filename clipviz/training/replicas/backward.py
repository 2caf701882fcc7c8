"""The losses of K batches and their gradients."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from clipviz.core.errors import TrainingFailed
from clipviz.training.device import capturing
from clipviz.training.explicit.losses import explicit
from clipviz.training.explicit.passing import Passing
from clipviz.training.failures import Starved, starved
from clipviz.training.flat import Flat
from clipviz.training.memory import release
from clipviz.training.replicas.layers import ManyClip
from clipviz.training.replicas.stack import Stack


class ManyBackward:
    """Leaves the gradients of K batches in the flat buffer, each that of its own replica's loss.

    As `training.backward.Backward`, in float32. What one replica's numbers become, infinite or none, touches no other.
    """

    scale = None

    def __init__(self, stack: Stack, losses: Sequence[nn.Module], flat: Flat, pieces: int) -> None:
        self._stack, self._loss, self.pieces = stack, together(losses), pieces
        # Neither the statistics of a batch norm nor weights of classes are those of pieces.
        weighs = any(True for _ in losses[0].buffers())
        self._whole = weighs or any("num_batches_tracked" in name for name in stack.running)
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
        """Mean losses (K,) of batches (K, B, D), and what flowed into each place's clips, (K, B, ...) each.

        Where memory runs out, there are twice as many pieces from then on; raises Starved where fewer networks must
        do, and of one network TrainingFailed with the size that fits, where batch norms would see pieces.
        """
        said = None
        while said is None:
            said = self._where_it_fits(inputs, goal)
        return said

    def _where_it_fits(self, inputs: Tensor, goal: Tensor) -> tuple[Tensor, list[Tensor]] | None:
        """None where it did not fit, and there are more pieces now."""
        try:
            return self._all(inputs, goal)
        except (MemoryError, RuntimeError) as error:
            if not starved(error) or capturing():
                raise
        release(inputs.device)
        rows = inputs.shape[1]
        if self.pieces < rows and not self._whole:
            self.pieces, self._passing = min(2 * self.pieces, rows), None
            return None
        if self._stack.replicas > 1:
            raise Starved(
                "So many networks at once must fit into memory", self._stack.replicas, "Train fewer at once"
            )
        if not self._whole:
            raise TrainingFailed(
                "One row of a batch at a time must fit into memory",
                f"{rows:,} rows",
                "Take narrower layers or fewer columns, or another device",
            )
        size = self._fitting(inputs, goal)
        raise TrainingFailed(
            "A whole batch must fit into memory, for batch norms and weights of classes are over all of it",
            f"{rows:,} rows",
            f"Set training.batch_size to {size:,}" if size else "Take narrower layers",
        )

    def _fitting(self, inputs: Tensor, goal: Tensor) -> int:
        """Rows that do fit: a half, a quarter ... of a batch that did not; 0 where none do."""
        size = inputs.shape[1] // 2
        while size > 1:
            try:
                self._all(inputs[:, :size], goal[:, :size])
                return size
            except (MemoryError, RuntimeError) as error:
                if not starved(error):
                    raise
            size //= 2
        return 0

    def _all(self, inputs: Tensor, goal: Tensor) -> tuple[Tensor, list[Tensor]]:
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
