"""Where stopping rules would have ended a way over a surface."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipviz.analysis.lab.optimisers import Path
from clipviz.core.regime import Stopping
from clipviz.training.stopping import Ending


@dataclass(frozen=True)
class Limits:
    """patience: steps without a better loss. gradient, move: a norm of the gradient, and a length of the step, that
    count as standing still. gain: the least relative improvement over `patience` steps. growth: multiple of the
    first loss that counts as diverged.
    """

    patience: int = 20
    gradient: float = 0.05
    move: float = 0.001
    gain: float = 0.01
    growth: float = 10.0


def _patience(path: Path, limits: Limits) -> NDArray[np.bool_]:
    rule = Ending(Stopping(patience=limits.patience))
    met = []
    for step, loss in enumerate(path.losses):
        rule.better(step, float(loss))
        met.append(rule.exhausted)
    return np.array(met)


def _small_gradient(path: Path, limits: Limits) -> NDArray[np.bool_]:
    return path.norms < limits.gradient


def _small_move(path: Path, limits: Limits) -> NDArray[np.bool_]:
    moved = np.linalg.norm(np.diff(path.points, axis=0), axis=1) < limits.move
    return np.concatenate([[False], moved & ~path.skipped])


def _plateau(path: Path, limits: Limits) -> NDArray[np.bool_]:
    wait = max(1, limits.patience)
    met = np.zeros(len(path.losses), dtype=bool)
    before, now = path.losses[:-wait], path.losses[wait:]
    met[wait:] = np.abs(before - now) < limits.gain * np.abs(before)
    return met


def _diverged(path: Path, limits: Limits) -> NDArray[np.bool_]:
    met = path.losses > limits.growth * max(abs(float(path.losses[0])), 1e-12)
    met[-1] |= path.lost
    return met


RULES: dict[str, tuple[str, Callable[[Path, Limits], NDArray[np.bool_]]]] = {
    "patience": ("no better loss for the patience", _patience),
    "plateau": ("hardly changed over the patience", _plateau),
    "small gradient": ("gradient shorter than its limit", _small_gradient),
    "small step": ("step shorter than its limit", _small_move),
    "diverged": ("loss beyond its limit, or lost from sight", _diverged),
}


def stops(path: Path, limits: Limits) -> dict[str, int | None]:
    """The first point at which each rule would have stopped, by the rule's name; None where it never would."""
    found: dict[str, int | None] = {}
    for name, (_, rule) in RULES.items():
        met = rule(path, limits)
        found[name] = int(np.argmax(met)) if met.any() else None
    return found
