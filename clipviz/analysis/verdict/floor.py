"""Whether anything has been learned: what the best arm reaches beside the best constant prediction."""

import statistics
from collections.abc import Sequence

from clipviz.analysis.verdict.arm import Arm
from clipviz.core.metric import Metric

HARDLY = 0.05
"""Less than this share of what a constant leaves open is hardly anything."""


def hardly_better(arms: Sequence[Arm], metric: Metric) -> str:
    """A caution where no arm is clearly better than the best constant; "" where one is, or where nobody knows."""
    means, constants = {}, []
    for arm in arms:
        ended = [each for each in arm.outcomes.values() if each.finite]
        if ended:
            means[arm.name] = statistics.fmean(each.metric or 0.0 for each in ended)
        constants += [each.constant for each in ended if each.constant is not None]
    if not means or not constants:
        return ""
    constant = statistics.fmean(constants)
    best = min(means, key=lambda name: metric.worse * means[name])
    left_open = constant if metric.better == "lower" else 1 - constant
    if metric.worse * (constant - means[best]) > HARDLY * left_open:
        return ""
    return (
        f"Hardly anything was learned: the best arm, {best}, reaches a mean test {metric.title} of {means[best]:.4g}, "
        f"and the best constant prediction {constant:.4g}. A difference between such arms says little of clipping. Try "
        "the Huber loss or a clamp of the target where it has far-out values, another learning rate, more epochs, or "
        "columns that say more."
    )
