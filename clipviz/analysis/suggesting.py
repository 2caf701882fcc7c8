"""What the shape of a column's training rows suggests, and what that would do to them."""

from dataclasses import dataclass

from clipviz.analysis.clamping import Effect
from clipviz.analysis.column import TrainingColumn
from clipviz.core.bounds import Bounds
from clipviz.core.dataset import Kind
from clipviz.core.profile import Suggestion
from clipviz.datasets.ordered import Ordered
from clipviz.datasets.profile import of_sorted


@dataclass(frozen=True)
class Suggested:
    """A suggestion, its bounds, and what they touch. worth: how much the column deserves a look; 0 where nothing is
    to be clamped, above 1 where a tail is heavy."""

    suggestion: Suggestion
    bounds: Bounds
    effect: Effect
    worth: float

    @property
    def touched(self) -> int:
        """Training values that lie beyond the bounds."""
        return self.effect.below + self.effect.above

    @property
    def coded(self) -> bool:
        """Whether some values look like codes for a missing one, so that the file is better read again."""
        return self.suggestion.pattern == "a code for missing?"


def suggested(column: TrainingColumn, name: str, kind: Kind) -> Suggested | None:
    """As the Data page suggests it of all rows, here of the training rows only; None where no rule applies."""
    known = of_sorted(name, kind, column.rows, column.positive, column.negative, Ordered(column.ordered))
    column.let_go()
    if known.suggestion is None:
        return None
    bounds = column.fit(known.suggestion.policy)
    worth = 0.0
    if known.suggestion.policy.id != "none":
        tails = known.tails
        indices = [index for index in (tails.lower, tails.upper) if index] if tails else []
        heavy = known.suggestion.pattern.startswith("heavy") and indices
        worth = 1 + 1 / min(indices) if heavy else 1.0
    return Suggested(known.suggestion, bounds, column.effect(bounds), worth)


def most_worth(found: dict[str, Suggested | None]) -> str:
    """The column that most deserves a look: first those with a clamp worth trying, the heaviest tail first; then
    those with nothing to clamp; then those that no rule speaks of, such as the parts of a date."""
    return max(found, key=lambda name: worth(found[name]))


def worth(known: Suggested | None) -> float:
    """How much a column deserves a look; below all others where no rule speaks of it."""
    return -1.0 if known is None else known.worth
