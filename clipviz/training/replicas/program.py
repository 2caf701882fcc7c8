"""K runs trained as one program."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from clipviz.core.errors import ClipvizError
from clipviz.core.run import State
from clipviz.training import checkpoint
from clipviz.training.graph import moving
from clipviz.training.memory import told_pieces
from clipviz.training.randomness import random_state, set_random_state
from clipviz.training.replicas import kept
from clipviz.training.replicas.machine import Machine, has_groups
from clipviz.training.replicas.member import Ended, Member, Share
from clipviz.training.replicas.rows import Orders
from clipviz.training.telemetry import Ring

CAPACITY = 512

Tell = Callable[[Member, Ended], None]


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
        self._apart = any(has_groups(member) for member in members) if apart is None else apart
        self._pieces = self.members[0].recipe.training.accumulation
        torch.manual_seed(self.members[0].recipe.seed)
        self._random = random_state(device)
        self._build()

    def begin(self, saved: checkpoint.Saved | None, checkpoint_seconds: float, flush_seconds: float) -> None:
        """Starts from step 0, or from a checkpoint; and starts the clocks."""
        if saved is not None:
            kept.restore(self.members, saved, self._device)
            self._random = random_state(self._device)
            self._pieces = self._machine.backward.pieces
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
        """Trains until it has told of it once; what it draws at random is its own, whatever is trained in between."""
        set_random_state(self._random, self._device)
        self._train()
        self._random = random_state(self._device)

    def _train(self) -> None:
        self._charged = time.perf_counter()
        while self.members:
            self._advance()
            due = self.members[0].progress.due
            if due:
                self._evaluate()
            if due or self._timed:
                over = [member for member in self.members if member.progress.over]
                self._evaluate_alone(over)
                self._charge()
                self._let_go(over)
            if not self.members:
                return
            if self._ring.full or time.monotonic() - self._flushed >= self._flush_seconds:
                self._charge()
                self._heed()
                return

    def _charge(self) -> None:
        """Tells the members of the time since the last time."""
        now = time.perf_counter()
        for member in self.members:
            member.progress.charge(now - self._charged, len(self.members))
        self._charged = now

    def lose(self, lost: list[tuple[Member, ClipvizError]]) -> None:
        """Ends members for reasons of their own; the others go on."""
        for member, reason in lost:
            self._tell(member, member.fail(reason))
        gone = [member for member, _ in lost]
        self._keep([member for member in self.members if member not in gone])

    def halve(self) -> list["Program"]:
        """Leaves half of the members to a program of their own, which is returned; both go on from this step."""
        self._deliver()
        if len(self.members) < 2:
            return []
        self._say_pieces()
        members, remembered = self.members, kept.remembered(self.members)
        half = len(members) // 2
        self._random = random_state(self._device)
        self.members = members[:half]
        self._build()
        other = Program(members[half:], self._home, self._tell, self._device, self._apart)
        other._random = self._random
        other._checkpoint_seconds, other._flush_seconds = self._checkpoint_seconds, self._flush_seconds
        other._flushed, other._checkpointed = self._flushed, self._checkpointed
        for program in (self, other):
            program._ring.start(self.step + 1)
            for member in program.members:
                text = f"step {self.step}: out of memory; {len(program.members)} are trained together from here on"
                member.report.say(self.step, "warning", text)
        kept.recall(members, remembered)
        return [other]

    def fail(self, error: ClipvizError) -> None:
        """Ends all members for one reason; what they have told stays."""
        with suppress(ClipvizError, MemoryError, RuntimeError):  # the device may be gone: then nothing comes
            self._deliver()
        self.lose([(member, error) for member in self.members])

    def _build(self) -> None:
        """The program of the members that are there; their weights move into it."""
        self._machine = Machine(self.members, self._apart)
        machine, count = self._machine, len(self.members)
        machine.backward.pieces = self._pieces
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
        self._orders = Orders(self.members, len(machine.train), self._device)
        self._timed = any(member.recipe.stopping.most_seconds for member in self.members)
        self._batch = self.members[0].recipe.training.batch_size

    def _advance(self) -> None:
        machine, step = self._machine, self.step
        for member in self.members if self.members[0].progress.due_next else ():
            member.progress.before_step()
        machine.rates.at(step)
        self._move(machine.train, self._orders.places(step))  # type: ignore[arg-type]
        for member in self.members:
            member.progress.after_step()

    def _say(self, text: str) -> None:
        for member in self.members:
            member.report.say(self.step, "info", text)

    def _say_pieces(self) -> None:
        if self._pieces != self._machine.backward.pieces:
            self._pieces = self._machine.backward.pieces
            for member in self.members:
                member.report.say(self.step, "warning", told_pieces(self.step, self._pieces, self._batch))

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
        self._say_pieces()
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
        self._say_pieces()
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
        self._say_pieces()
        self.members = staying
        if staying:
            self._build()
            self._ring.start(before[0].progress.step + 1)
            kept.recall(staying, remembered)
