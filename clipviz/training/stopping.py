"""When to stop: the best validation loss so far and how long ago, and the rules that end a run."""

import math
from dataclasses import dataclass, field
from typing import Any

from clipviz.core.recipe import Recipe
from clipviz.core.regime import Stopping


def epoch_steps(rows: int, recipe: Recipe) -> int:
    """Steps of one pass over so many training rows."""
    return -(-rows // recipe.training.batch_size)


def planned(rows: int, recipe: Recipe) -> int:
    """Steps of a run that nothing but the number of steps ends."""
    steps = epoch_steps(rows, recipe) * recipe.training.epochs
    return min(steps, recipe.stopping.most_steps or steps)


@dataclass
class Ending:
    """Where one network stands with its stopping rules.

    waited: evaluations without a better one. train_loss: of the last evaluation. fired: a sentence for each rule
    that holds, by its name in the recipe; the first evaluation at which one does ends the run.
    """

    rules: Stopping
    best_loss: float = math.inf
    best_step: int = 0
    waited: int = 0
    train_loss: float = math.nan
    fired: dict[str, str] = field(default_factory=dict)

    def better(self, step: int, loss: float) -> bool:
        """Notes a validation loss; True when it is the best so far. One that is not finite is never better."""
        if loss < self.best_loss:
            self.best_loss, self.best_step, self.waited = loss, step, 0
            return True
        self.waited += 1
        if self.exhausted:
            self.fired["patience"] = f"no better for {self.waited} evaluation{'s' if self.waited > 1 else ''}"
        return False

    def moved(self, train_loss: float, gradient: float) -> None:
        """Notes the training loss, and the mean norm of the gradient since the evaluation before (NaN: not known)."""
        rules, change = self.rules, abs(train_loss - self.train_loss)
        if rules.absolute is not None and change < rules.absolute:
            self.fired["absolute"] = (
                f"the training loss changed by {change:.3g}, less than {rules.absolute:g}"
            )
        if rules.relative is not None and change < rules.relative * abs(self.train_loss):
            share = change / abs(self.train_loss)
            self.fired["relative"] = (
                f"the training loss changed by {share:.3%}, less than {rules.relative:.3%}"
            )
        if rules.gradient is not None and gradient < rules.gradient:
            self.fired["gradient"] = f"the gradient's mean norm was {gradient:.3g}, below {rules.gradient:g}"
        self.train_loss = train_loss

    def reached(self, step: int, seconds: float, together: bool = False) -> None:
        """Notes the step and the time spent: that on the clock, also of a run that is trained `together` with others
        in one program, whose share of it is less. Who limits the time limits how long there is to wait.
        """
        most, longest = self.rules.most_steps, self.rules.most_seconds
        if most is not None and step >= most:
            self.fired["most_steps"] = f"reached the most steps, {most:,}"
        if longest is not None and seconds >= longest:
            of = " of the program that it is trained in" if together else ""
            self.fired["most_seconds"] = f"reached the most time, {longest:g} s{of}"

    @property
    def exhausted(self) -> bool:
        """Whether patience is at its end."""
        return 0 < self.rules.patience <= self.waited

    def state(self) -> dict[str, Any]:
        """What `restore` takes, as JSON has it."""
        return {name: getattr(self, name) for name in REMEMBERED}

    def restore(self, state: dict[str, Any]) -> None:
        for name in REMEMBERED:
            setattr(self, name, state[name])


REMEMBERED = ("best_loss", "best_step", "waited", "train_loss", "fired")
