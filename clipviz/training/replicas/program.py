"""K runs trained as one program."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clipviz.core.discovery import build
from clipviz.core.errors import ClipvizError
from clipviz.core.run import State
from clipviz.training import checkpoint
from clipviz.training.augmenting import changes
from clipviz.training.flat import Flat
from clipviz.training.graph import moving
from clipviz.training.optimisers.base import Group
from clipviz.training.rates import Rates
from clipviz.training.replicas import kept
from clipviz.training.replicas.backward import ManyBackward
from clipviz.training.replicas.clippers import ManyClippers
from clipviz.training.replicas.judging import Judge
from clipviz.training.replicas.member import Ended, Member, Share
from clipviz.training.replicas.rows import ManyRows
from clipviz.training.replicas.stack import Stack
from clipviz.training.rows import order
from clipviz.training.step import Step
from clipviz.training.telemetry import Ring

CAPACITY = 512

Tell = Callable[[Member, Ended], None]


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
        self.judge = Judge(members, self.stack)


class Program:
    """Runs whose recipes differ in seeds, gradient clips and numbers only, and that are at the same step.

    Each ends by itself; those that are left go on as a smaller program. What a replica says and ends with is what
    it would have by itself, within the tolerance of float32; on the CPU a program that was interrupted anywhere ends
    with the very bits of one that was not.
    """

    def __init__(
        self, members: Sequence[Member], home: Path, tell: Tell, device: str, apart: bool | None = None
    ) -> None:
        """apart: of the checkpoint that it will go on from; None decides by the recipes."""
        self.members, self._home, self._tell, self._device = list(members), home, tell, device
        self._apart = any(_apart(member) for member in members) if apart is None else apart
        self._orders: dict[int, Tensor] = {}
        self._build()

    def begin(self, saved: checkpoint.Saved | None, checkpoint_seconds: float, flush_seconds: float) -> None:
        """Starts from step 0, or from a checkpoint; and starts the clocks."""
        if saved is not None:
            kept.restore(self.members, saved, self._device)
            step = self.members[0].progress.step
            for member in self.members:
                member.report.say(step, "info", f"continues from the checkpoint at step {step}")
        for member in self.members:
            member.report.start(self.step + 1, checkpoint_seconds, flush_seconds)
        self._checkpoint_seconds, self._flush_seconds = checkpoint_seconds, flush_seconds
        self._flushed, self._checkpointed = 0.0, time.monotonic()
        self._ring.start(self.step + 1)
        if saved is None:
            self._evaluate()

    @property
    def step(self) -> int:
        return self.members[0].progress.step

    def stint(self) -> None:
        """Trains until it has told of it once."""
        while self.members:
            self._advance()
            due = self.members[0].progress.due
            if due:
                self._evaluate()
            if due or self._timed:
                self._let_go([member for member in self.members if member.progress.over])
            if not self.members:
                return
            if self._ring.full or time.monotonic() - self._flushed >= self._flush_seconds:
                self._heed()
                return

    def lose(self, lost: list[tuple[Member, ClipvizError]]) -> None:
        """Ends members for reasons of their own; the others go on."""
        for member, reason in lost:
            self._tell(member, member.fail(reason))
        gone = [member for member, _ in lost]
        self._keep([member for member in self.members if member not in gone])

    def _build(self) -> None:
        """The program of the members that are there; their weights move into it."""
        self._machine = Machine(self.members, self._apart)
        machine, count = self._machine, len(self.members)
        for replica, member in enumerate(self.members):
            step = machine.step
            member.move_to(
                Share(machine.optimiser.state, replica, count),
                machine.clipper.share(replica),
                Share(
                    step.state, replica, count, step.series, step.row[replica : replica + 1], machine.backward
                ),
            )
        self._ring = Ring(len(machine.step.series), CAPACITY, self._device, count)
        self._move = moving(machine.step, self._ring, self.members[0].recipe.training.graph, self._say)
        said = {name: column for column, name in enumerate(machine.step.series)}
        self._columns = {member.name: [said[name] for name in member.series] for member in self.members}
        self._orders = {}
        self._timed = any(member.recipe.stopping.most_seconds for member in self.members)
        self._length = len(machine.train)
        self._batch = self.members[0].recipe.training.batch_size

    def _advance(self) -> None:
        machine, step = self._machine, self.step
        for member in self.members if self.members[0].progress.due_next else ():
            member.progress.before_step()
        machine.rates.at(step)
        self._move(machine.train, self._places(step))  # type: ignore[arg-type]
        for member in self.members:
            member.progress.after_step()

    def _say(self, text: str) -> None:
        for member in self.members:
            member.report.say(self.step, "info", text)

    def _places(self, step: int) -> Tensor:
        """(K, B) rows of each replica's batch at a step: those of a run by itself."""
        epoch, place = divmod(step, -(-self._length // self._batch))
        if epoch not in self._orders:
            seeds = [member.recipe.seed for member in self.members]
            orders = {seed: order(self._length, seed, epoch) for seed in dict.fromkeys(seeds)}
            whole = torch.from_numpy(np.stack([orders[seed] for seed in seeds]))
            self._orders = {epoch: whole.to(self._device)}
        return self._orders[epoch][:, place * self._batch : (place + 1) * self._batch]

    def _evaluate(self) -> None:
        for member, values in zip(self.members, self._machine.judge(), strict=True):
            member.judged(values)

    def _evaluate_alone(self, leaving: list[Member]) -> None:
        """Evaluates those that leave where no evaluation belongs; when the others are evaluated stays as it is."""
        for member in leaving:
            if member.progress.last_evaluation < member.progress.step:
                member.judged(member.progress.evaluate())

    def _deliver(self) -> None:
        """Gives each member the steps that it has not told of; those that are beyond hope end."""
        blocks: list[tuple[NDArray[np.int64], NDArray[np.float32]]] = []
        self._ring.flush(lambda steps, values: blocks.append((steps, values)), wait=True)
        lost: list[tuple[Member, ClipvizError]] = []
        count = len(self.members)
        for replica, member in enumerate(self.members):
            try:
                for steps, values in blocks:
                    own = values.reshape(len(steps), count, -1)[:, replica, self._columns[member.name]]
                    member.report.deliver(steps, np.ascontiguousarray(own))
            except ClipvizError as error:
                lost.append((member, error))
        self.lose(lost)

    def _let_go(self, leaving: list[Member], state: State = State.FINISHED) -> None:
        """Ends some of the members; the others go on."""
        if not leaving:
            return
        self._deliver()
        for member in [member for member in leaving if member in self.members]:
            try:
                member.report.flush(wait=True)
            except ClipvizError as error:
                self._tell(member, member.fail(error))
                continue
            self._tell(member, member.end(state))
        self._keep([member for member in self.members if member not in leaving])

    def _heed(self) -> None:
        """Tells of the steps since the last time, and does what people want of each run."""
        self._deliver()
        wishes: dict[str, list[Member]] = {"run": [], "pause": [], "stop": []}
        for member in list(self.members):
            try:
                wishes[member.report.flush()].append(member)
            except ClipvizError as error:
                self._tell(member, member.fail(error))
        self._keep([member for wish in wishes.values() for member in wish])
        if wishes["stop"]:
            self._evaluate_alone(wishes["stop"])
            self._let_go(wishes["stop"], State.STOPPED)
        if wishes["pause"]:
            self._pause([member for member in wishes["pause"] if member in self.members])
        if self.members and time.monotonic() - self._checkpointed >= self._checkpoint_seconds:
            self._save(self.members)
            self._checkpointed = time.monotonic()
        self._flushed = time.monotonic()

    def _pause(self, pausing: list[Member]) -> None:
        staying = [member for member in self.members if member not in pausing]
        if staying:
            self._save(staying)
        if not self._save(pausing):
            return
        for member in pausing:
            self._tell(member, Ended(State.PAUSED))
        self._keep(staying)

    def _save(self, members: list[Member]) -> bool:
        return kept.save(self._home, members, self._device, self._apart)

    def _keep(self, staying: list[Member]) -> None:
        """Goes on without those that have left, in their order; what was learned stays."""
        staying = [member for member in self.members if member in staying]
        if len(staying) == len(self.members):
            return
        before, remembered = self.members, kept.remembered(staying)
        self.members = staying
        if staying:
            self._build()
            self._ring.start(before[0].progress.step + 1)
            kept.recall(staying, remembered)


def _apart(member: Member) -> bool:
    """Whether thresholds have a rate of their own, or the weights a decay."""
    decay = build("clipviz.training.optimisers", member.recipe.optimiser).weight_decay
    return decay > 0 or any(rate != 1.0 for rate, _, _ in member.assembly.flat.rates)


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
