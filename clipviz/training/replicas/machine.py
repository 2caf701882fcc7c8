"""All that moves K networks together."""

from collections.abc import Callable, Sequence

from torch import Tensor

from clipviz.core.discovery import build
from clipviz.training.augmenting import changes
from clipviz.training.flat import Flat
from clipviz.training.optimisers.base import Group
from clipviz.training.rates import Rates
from clipviz.training.replicas.backward import ManyBackward
from clipviz.training.replicas.clippers import ManyClippers
from clipviz.training.replicas.judging import Judge
from clipviz.training.replicas.member import Member
from clipviz.training.replicas.rows import ManyRows
from clipviz.training.replicas.stack import Stack
from clipviz.training.step import Step


class Machine:
    """Everything that moves K networks a step on. apart: whether thresholds are optimised in groups of their own."""

    def __init__(self, members: Sequence[Member], apart: bool) -> None:
        first = members[0].assembly
        flat = Flat.together([member.assembly.flat for member in members])
        self.stack = Stack([member.assembly.network.body for member in members], flat)
        flat.running = self.stack.running
        recipes = [member.recipe for member in members]
        optimisers = [build("clipviz.training.optimisers", recipe.optimiser) for recipe in recipes]
        self.clipper = ManyClippers(recipes, flat.specs, flat.weights)
        self.optimiser = type(optimisers[0]).together(optimisers, _groups(flat, apart))
        self.rates = Rates.together([member.assembly.rates for member in members])
        losses = [member.loss for member in members]
        self.backward = ManyBackward(self.stack, losses, flat, recipes[0].training.accumulation)
        self.step = Step(
            self.stack,
            flat,
            self.backward,  # type: ignore[arg-type]
            self.clipper,
            self.optimiser,
            self.rates,
            recipes[0].training,
            [_each(change) for change in changes(recipes[0], first.network.front)],
        )
        self.train = ManyRows([member.assembly.train for member in members])  # type: ignore[misc]
        self.judge = Judge(members, self.stack, flat)


def _groups(flat: Flat, apart: bool) -> list[Group]:
    if not apart:
        return [Group(flat.weights, flat.gradient)]
    return [
        Group(flat.weights[:, : flat.split], flat.gradient[:, : flat.split]),
        *(
            Group(flat.weights[:, start:end], flat.gradient[:, start:end], rate, decays=False)
            for rate, start, end in flat.rates
        ),
    ]


def _each(change: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """A change of rows (B, D) for (K, B, D)."""
    return lambda rows: change(rows.flatten(0, 1)).view_as(rows)


def has_groups(member: Member) -> bool:
    """Whether thresholds have a rate of their own, or the weights a decay."""
    decay = build("clipviz.training.optimisers", member.recipe.optimiser).weight_decay
    return decay > 0 or any(rate != 1.0 for rate, _, _ in member.assembly.flat.rates)
