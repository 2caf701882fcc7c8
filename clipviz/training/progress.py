"""Where a run stands: its step, its best weights, and how to leave and come back."""

import math
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from clipviz.core.recipe import Recipe
from clipviz.core.run import State
from clipviz.training import checkpoint, evaluation, watch
from clipviz.training.assembly import Assembly
from clipviz.training.graph import Move
from clipviz.training.journal import Journal
from clipviz.training.randomness import random_state, set_random_state
from clipviz.training.rows import Rows, order
from clipviz.training.sampled import Sampled
from clipviz.training.stopping import Ending, epoch_steps, planned
from clipviz.training.update_ratio import update_ratios

APART = 50
"""Fewest steps between two evaluations."""


class Progress:
    """Steps are counted from 1; step 0 is the untrained network. Everything here follows from the step count.

    before: (1, P) the weights in front of a step behind which an evaluation belongs.
    """

    def __init__(self, assembly: Assembly, recipe: Recipe, device: str, samples: bool = True) -> None:
        """samples: whether evaluations take samples, which need a backward pass of this network alone; where they take
        none, this is a replica, whose program tells the time (`charge`).
        """
        self._assembly, self._recipe, self._device = assembly, recipe, device
        self._epoch_steps = epoch_steps(len(assembly.train), recipe)
        self.total = planned(len(assembly.train), recipe)
        self.step = 0
        self.last_evaluation = 0
        self.improved = False
        self.stopping = Ending(recipe.stopping)
        self.move_to(assembly)
        self._norms = torch.zeros_like(assembly.step.row[:, 0])  # (K,) sum since the last evaluation
        self.sampled = Sampled(assembly, recipe, self.total) if samples else None
        self._best = {name: tensor.clone() for name, tensor in self._kept().items()}
        self.before = assembly.flat.weights.clone()
        self._batches: tuple[Tensor, ...] = ()
        self._earlier, self._began = 0.0, time.perf_counter()
        self._together: float | None = None if samples else 0.0
        self._share: float | None = None

    def move_to(self, assembly: Assembly) -> None:
        """Goes on with the same network where it is now."""
        norm = assembly.step.series.index("gradient_norm")
        self._assembly = assembly
        self._norm = assembly.step.row[:, norm] if self._recipe.stopping.gradient is not None else None

    @property
    def over(self) -> bool:
        return self.step >= self.total or bool(self.stopping.fired)

    @property
    def due(self) -> bool:
        """Whether an evaluation belongs here: at the end of an epoch, 50 steps after the last at the
        earliest.
        """
        return self._due_at(self.step)

    @property
    def due_next(self) -> bool:
        """Whether an evaluation belongs behind the next step."""
        return self._due_at(self.step + 1)

    @property
    def compares(self) -> bool:
        """Whether `before` holds the weights before the last step: where that was expected to be judged."""
        return self.step > 0 and self._due_at(self.step)

    @property
    def seconds(self) -> float:
        """Time spent training, over all attempts: of a replica, all the time that its program trained with it."""
        now = time.perf_counter() - self._began if self._together is None else self._together
        return self._earlier + now

    @property
    def cost(self) -> float:
        """Seconds of training that this run took: of those that a program trains together, its share."""
        return self.seconds if self._share is None else self._share

    def charge(self, seconds: float, replicas: int) -> None:
        """Adds time for which a program of so many replicas trained, this one among them."""
        self._together = (self._together or 0.0) + seconds
        self._share = (self._share or 0.0) + seconds / replicas

    def advance(self, move: Move | None = None) -> None:
        """One training step, by `move` where it is not just the step itself."""
        place = self.step % self._epoch_steps
        if place == 0 or not self._batches:
            self._batches = self._split(self.step // self._epoch_steps, place)
        self.before_step()
        self._assembly.rates.at(self.step)
        (move or self._assembly.step)(self._assembly.train, self._batches[place])
        self.after_step()

    def before_step(self) -> None:
        """Keeps the weights where those behind the step are compared with them."""
        if self.due_next:
            self.before.copy_(self._assembly.flat.weights)

    def after_step(self) -> None:
        """Counts a step."""
        if self._norm is not None:
            self._norms.add_(self._norm)
        self.step += 1
        self.stopping.reached(self.step, self.seconds, together=self._together is not None)

    def first_batch(self) -> Rows:
        places = order(len(self._assembly.train), self._recipe.seed, 0)
        return self._assembly.train.take(places[: self._recipe.training.batch_size])

    @torch.no_grad()
    def evaluate(self) -> list[float]:
        """Values in the order of `assembly.evaluations`; keeps the weights when the validation loss is the
        best.
        """
        network, validation = self._assembly.network, self._assembly.validation
        criterion, sample = self._assembly.criterion, self._assembly.sample
        said = evaluation.outputs(network, validation)
        loss = evaluation.loss(criterion, said, validation.goal)
        train_loss = evaluation.loss(criterion, evaluation.outputs(network, sample), sample.goal)
        metrics = evaluation.metrics(network, said, validation)
        if self.sampled is not None:
            self.sampled.look(self.step, self.last_evaluation)
        return self.judged(train_loss, loss, metrics, watch.look(network, self._assembly.watched))

    @torch.no_grad()
    def judged(
        self,
        train_loss: float,
        loss: float,
        metrics: dict[str, float | None],
        looked: list[float],
        ratios: list[float] | None = None,
    ) -> list[float]:
        """Notes an evaluation of the network as it stands; its values as `evaluate` gives them.

        ratios: how far the last step moved the weights, where that is known already.
        """
        numbers = [
            self._assembly.constant,
            *(float("nan") if value is None else value for value in metrics.values()),
        ]
        if not self.compares:
            ratios = [math.nan] * (1 + len(self._assembly.flat.layers))
        elif ratios is None:
            (ratios,) = update_ratios(self._assembly.flat, self.before)
        self.improved = self.stopping.better(self.step, loss)
        self.stopping.moved(train_loss, self._mean_norm())
        self._assembly.rates.saw([loss])
        self.last_evaluation = self.step
        if self.improved:
            for name, tensor in self._kept().items():
                self._best[name].copy_(tensor)
        return [train_loss, loss, *numbers, *looked, *ratios]

    def keep_best(self) -> None:
        """Puts the weights of the best evaluation back, and the running statistics that belong to them."""
        for name, tensor in self._kept().items():
            tensor.copy_(self._best[name])

    def save(self, folder: Path, journal: Journal) -> None:
        """Writes a checkpoint of this moment; the journal must have read every step."""
        checkpoint.write(folder, self.live() | random_state(self._device), self.position(journal))

    def position(self, journal: Journal) -> dict[str, Any]:
        """All that is to be kept beside tensors, as JSON has it."""
        return {
            "mark": self._recipe.id,
            "step": self.step,
            "last_evaluation": self.last_evaluation,
            "seconds": self.seconds,
            "share": self._share,
            "pieces": self._assembly.step.backward.pieces,
            "stopping": self.stopping.state(),
            "rates": self._assembly.rates.state(),
            "journal": asdict(journal),
        }

    def restore(self, saved: checkpoint.Saved, journal: Journal) -> None:
        """Goes back to the moment of a checkpoint; raises TrainingFailed for that of another recipe."""
        checkpoint.restore(self.live(), saved, self._recipe.id)
        position = saved.position
        self.step, self.last_evaluation = position["step"], position["last_evaluation"]
        self._earlier, self._share = position["seconds"], position["share"]
        self._assembly.step.backward.pieces = position["pieces"]
        self.stopping.restore(position["stopping"])
        self._assembly.rates.restore(position["rates"])
        for name, value in position["journal"].items():
            setattr(journal, name, value)
        set_random_state(saved.tensors, self._device)

    def by_rule(self, state: State) -> bool:
        """Whether a stopping rule ended the run."""
        return state is State.FINISHED and bool(self.stopping.fired)

    def ending(self, state: State) -> str:
        """Why the run ended, in words."""
        best = (
            f"the best validation loss, {self.stopping.best_loss:.4g}, was at step {self.stopping.best_step}"
        )
        if state is State.STOPPED:
            return f"stopped at step {self.step} as asked; {best}"
        if self.by_rule(state):
            return f"stopped early at step {self.step}: {', '.join(self.stopping.fired.values())}; {best}"
        return f"finished all {self.total} steps; {best}"

    def _due_at(self, step: int) -> bool:
        epoch_ends = step % self._epoch_steps == 0
        return (epoch_ends and step - self.last_evaluation >= APART) or step == self.total

    def _split(self, epoch: int, first: int) -> tuple[Tensor, ...]:
        train = self._assembly.train
        places = order(len(train), self._recipe.seed, epoch)
        return train.batches(places, self._recipe.training.batch_size, first)

    def live(self) -> dict[str, Tensor]:
        """All tensors that are to be kept, by name."""
        assembly = self._assembly
        state = {f"optimiser.{name}": tensor for name, tensor in assembly.optimiser.state().items()}
        state |= {f"clipper.{name}": tensor for name, tensor in assembly.clipper.state().items()}
        state |= {f"step.{name}": tensor for name, tensor in assembly.step.state().items()}
        if self.sampled is not None:
            state |= {f"sampled.{name}": tensor for name, tensor in self.sampled.state().items()}
        best = {f"best.{name}": tensor for name, tensor in self._best.items()}
        return {**self._kept(), **best, **state, "norms": self._norms}

    def _kept(self) -> dict[str, Tensor]:
        """What makes the network what it is at a step: the live weights and running statistics."""
        flat = self._assembly.flat
        return {"weights": flat.weights, **{f"running.{name}": held for name, held in flat.running.items()}}

    def _mean_norm(self) -> float:
        """Of the gradients before the clip since the last evaluation; NaN where no rule asks for it."""
        if self._norm is None or self.step == self.last_evaluation:
            return math.nan
        mean = float(self._norms[0]) / (self.step - self.last_evaluation)
        self._norms.zero_()
        return mean
