"""The arithmetic of clips that shorten each part of the gradient by itself."""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from clipviz.policies.gradients.base import Clipped, Clipper, full, not_finite

Block = tuple[int, int]
"""(parts, columns of each): consecutive columns of the flat buffer that fall into parts of one size."""


class Rule(Protocol):
    """What decides; all numbers are float64."""

    def bounds(self, norms: Tensor, before: Tensor, lost: Tensor) -> Tensor:
        """The longest norm of each part that passes, (K, parts), given those of this gradient (K, parts) and of
        all of it (K,). Remembers them where they are not lost (K,) bool.
        """

    def state(self) -> dict[str, Tensor]:
        """As of Clipper."""


class Parts:
    """The parts of a flat buffer (K, P), in its order. blocks: which columns; together they are all P."""

    def __init__(self, blocks: Sequence[Block], device: torch.device) -> None:
        self._blocks = list(blocks)
        self._sizes = [parts * columns for parts, columns in blocks]
        lengths = torch.tensor([columns for parts, columns in blocks for _ in range(parts)])
        self.count = len(lengths)
        owner = torch.arange(self.count).repeat_interleave(lengths, output_size=sum(self._sizes))
        self.owner = owner.to(device)  # (P,)

    def norms(self, flat: Tensor) -> Tensor:
        """Euclid's norm of each part, (K, parts) float64."""
        pieces = zip(torch.split(flat, self._sizes, dim=1), self._blocks, strict=True)
        return torch.cat([_norms(piece, block) for piece, block in pieces], dim=1)


def _norms(piece: Tensor, block: Block) -> Tensor:
    parts: Tensor = torch.linalg.vector_norm(piece.reshape(-1, *block), dim=2, dtype=torch.float64)
    return parts


class PartsShortener(Clipper):
    """Shortens parts of gradients, each beyond a length of its own that the rule names."""

    adapts = turns = True

    def __init__(self, rule: Rule, parts: Parts, weights: Tensor) -> None:
        self.limit = full(weights, float("inf")).to(torch.float32)
        self.state = rule.state  # type: ignore[method-assign]
        self._bounds, self._parts = rule.bounds, parts

    def __call__(self, gradient: Tensor, norm: Tensor | None = None) -> Clipped:
        norms = self._parts.norms(gradient)  # (K, parts)
        before = torch.linalg.vector_norm(norms, dim=1)
        lost = not_finite(before)
        bounds = self._bounds(norms, before, lost)
        beyond = norms > bounds
        factors = torch.where(beyond, bounds / norms, 1.0)
        gradient.mul_(factors.to(gradient.dtype).index_select(1, self._parts.owner))
        nothing = before == 0
        shares = norms / before.unsqueeze(1)
        cut = factors * shares
        coefficient = torch.linalg.vector_norm(cut, dim=1).masked_fill_(nothing, 1.0)
        cosine = (cut * shares).sum(dim=1).div_(coefficient).masked_fill_(nothing, 1.0).clamp_(max=1.0)
        room = (bounds / norms).masked_fill_(norms == 0, float("inf")).amin(dim=1)
        self.limit.copy_((before * room).masked_fill_(nothing, float("inf")))
        fired = beyond.any(dim=1)
        return Clipped(before, before * coefficient, coefficient, fired, lost, cosine)
