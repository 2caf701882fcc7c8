"""Which part of a network's error is the largest: optimisation, approximation or generalisation."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

Part = Literal["optimisation", "approximation", "generalisation", "none"]

FEWEST = 5
"""Evaluations before anything is said."""
FALLING = 0.05
"""A training loss that lost this share over the last quarter of the evaluations still falls."""
HIGH = 0.3
"""A training loss above this share of that of the best constant is high."""
APART = 3.0
"""The untrained network is about as good as the best constant. Where the validation loss begins at so many times that,
validation rows hold targets that training does not (clamped or trimmed there), and the two losses say nothing together.
"""
GAP = 0.05
"""A gap below this share of the loss of the best constant is none."""
SOLVED = 0.05
"""Training and validation losses below this share of that of the best constant leave little to gain: by themselves in a
classification that is right nearly always, else below a fifth of it."""
RIGHT = 0.99
"""The accuracy on validation rows from which a class is named right nearly always."""


class Dominant(BaseModel):
    """The largest part, in words; shares of the loss of the best constant."""

    model_config = ConfigDict(frozen=True)

    part: Part
    text: str
    remedy: str = ""


def dominant(
    train: NDArray[np.floating],
    validation: NDArray[np.floating],
    constant: float,
    accuracy: float | None = None,
) -> Dominant | None:
    """What holds a network back most, from its losses (E,) at each evaluation and that of the best constant prediction.

    Generalisation: the gap between validation and training is larger than the training loss itself. Optimisation: the
    training loss still falls, and what is left of it is more than the gap. Approximation: it does not, and is high.
    None of them where the task is solved; accuracy: the last one on validation rows, of a classification.
    None while it is too early to say, and where the two losses cannot be compared.
    """
    known = np.isfinite(train) & np.isfinite(validation)
    if known.sum() < FEWEST or not constant > 0:
        return None
    train, validation = train[known], validation[known]
    if validation[0] > APART * max(constant, train[0]):
        return None
    left, gap = train[-1] / constant, (validation[-1] - train[-1]) / constant
    quarter = train[-1 - max(1, len(train) // 4)]
    fell = (quarter - train[-1]) / quarter if quarter > 0 else 0.0
    reached = validation[-1] / constant
    numbers = f"training loss {_share(left)}, validation {_share(reached)} of that of the best constant"
    if max(left, reached) < (SOLVED if accuracy is not None and accuracy >= RIGHT else SOLVED / 5):
        return Dominant(part="none", text=f"Nothing is left to gain: the task is solved ({numbers}).")
    if gap > max(GAP, left):
        return Dominant(
            part="generalisation",
            text=f"Generalisation error is the largest: the gap outweighs what is left in training ({numbers}).",
            remedy="More rows, weight decay, dropout or a smaller network; a longer training will not help.",
        )
    if fell > FALLING and left > gap:
        return Dominant(
            part="optimisation",
            text=f"Optimisation error is the largest: the training loss still falls, by {fell:.0%} lately ({numbers}).",
            remedy="Train longer, or raise the learning rate; a clip that fires at every step holds it back.",
        )
    if left > HIGH:
        return Dominant(
            part="approximation",
            text=f"Approximation error is the largest: the training loss falls no more and is high ({numbers}).",
            remedy="A larger network, other inputs, or wider clamps: what was cut off may be what says most.",
        )
    return Dominant(part="none", text=f"No part of the error stands out ({numbers}).")


def _share(part: float) -> str:
    return f"{part:.0%}" if part >= 0.1 else f"{part:.1%}"
