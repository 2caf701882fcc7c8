"""Gradient clips of several kinds in one program: each for the replicas that are under it."""

from collections.abc import Sequence
from itertools import groupby

import torch
from torch import Tensor

from clipviz.core.discovery import build
from clipviz.core.recipe import Recipe
from clipviz.policies.gradients.base import Clipped, Clipper, Spec
from clipviz.training.replicas.alike import clip_kind
from clipviz.training.replicas.member import Share


class ManyClippers(Clipper):
    """Neighbours under clips of one kind are clipped as one stretch of the gradients; what is said is joined.

    recipes: of the K replicas; each kind costs its own kernels, so those of one kind should stand together.
    """

    def __init__(self, recipes: Sequence[Recipe], specs: Sequence[Spec], weights: Tensor) -> None:
        self._stretches: list[tuple[slice, Clipper]] = []
        start = 0
        for _, neighbours in groupby(recipes, clip_kind):
            policies = [build("clipviz.policies.gradients", recipe.gradient) for recipe in neighbours]
            rows = slice(start, start + len(policies))
            start = rows.stop
            self._stretches.append((rows, type(policies[0]).together(policies, specs, weights[rows])))
        clippers = [clipper for _, clipper in self._stretches]
        self.adapts = any(clipper.adapts for clipper in clippers)
        self.turns = any(clipper.turns for clipper in clippers)
        self.limit = clippers[0].limit if len(clippers) == 1 else torch.cat([each.limit for each in clippers])

    def __call__(self, gradient: Tensor, norm: Tensor | None = None) -> Clipped:
        if len(self._stretches) == 1:
            return self._stretches[0][1](gradient, norm)
        said = []
        for rows, clipper in self._stretches:
            said.append(clipper(gradient[rows], None if norm is None else norm[rows]))
            if clipper.adapts:
                self.limit[rows].copy_(clipper.limit)
        return Clipped(*(torch.cat(each) for each in zip(*said, strict=True)))

    def share(self, replica: int) -> Share:
        """What one replica's clip remembers."""
        rows, clipper = next((rows, each) for rows, each in self._stretches if replica < rows.stop)
        return Share(clipper.state, replica - rows.start, rows.stop - rows.start)
