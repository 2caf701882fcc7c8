"""What a rule may look at when it lets arms go: validation rows only, higher is better, the same seeds for all."""

import math
from collections.abc import Iterable, Mapping, Sequence

from clipviz.core.metric import METRICS, Metric
from clipviz.core.run import Run, State

Scores = Mapping[str, Mapping[int, float | None]]
"""By arm and seed; None where a run diverged. Runs that crashed, were stopped or still train are not there."""


def scores(runs: Iterable[Run], metric: str | None) -> Scores:
    """The validation metric of every run that counts, its sign turned where lower is better.

    metric: its name; None, or one that no run has, for the one that verdicts prefer.
    """
    ended = [run for run in runs if run.state is State.FINISHED or run.diverged]
    decides = deciding(ended, metric)
    found: dict[str, dict[int, float | None]] = {}
    for run in ended:
        if run.arm is not None and run.seed is not None:
            found.setdefault(run.arm, {})[run.seed] = _goodness(run, decides)
    return found


def _goodness(run: Run, metric: Metric | None) -> float | None:
    value = (run.result or {}).get("validation", {}).get(metric.name) if metric else None
    return -metric.worse * float(value) if metric and value is not None and math.isfinite(value) else None


def deciding(runs: Iterable[Run], metric: str | None) -> Metric | None:
    """The metric that decides; None before a run has any. One that no run has a number of decides nothing: on rows
    whose target does not vary, R² has no value."""
    held = {
        name
        for run in runs
        if run.result
        for name, value in run.result.get("validation", {}).items()
        if value is not None
    }
    known = [each for name, each in METRICS.items() if name in held]
    return next((each for each in known if each.name == metric), known[0] if known else None)


def complete(arms: Iterable[str], seeds: Sequence[int], known: Scores) -> list[str]:
    """The arms that have ended at all these seeds."""
    return [arm for arm in arms if all(seed in known.get(arm, {}) for seed in seeds)]


def ranked(arms: Iterable[str], seeds: Sequence[int], known: Scores) -> list[str]:
    """Arms that are complete, the best first: those that diverged least, then by their mean; ties keep their order."""
    return sorted(
        complete(arms, seeds, known), key=lambda arm: (diverged(arm, seeds, known), -mean(arm, seeds, known))
    )


def diverged(arm: str, seeds: Sequence[int], known: Scores) -> int:
    return sum(known[arm][seed] is None for seed in seeds)


def mean(arm: str, seeds: Sequence[int], known: Scores) -> float:
    """Over the runs that did not diverge; minus infinity for none."""
    finite = [value for seed in seeds if (value := known[arm][seed]) is not None]
    return math.fsum(finite) / len(finite) if finite else -math.inf
