"""Spaces in which a skewed column looks more symmetric: log1p, Box-Cox and Yeo-Johnson, there and back."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np

from clipviz.core.bounds import Floats

Name = Literal["raw", "log1p", "box_cox", "yeo_johnson"]
WIDEST = 5.0
"""Lambda is sought between minus and plus this."""
MOST_LOG = 300.0
"""Of a transformed value: its square is still a number."""
MOST_VALUES = 100_000
GOLDEN = (np.sqrt(5) - 1) / 2


class Space(NamedTuple):
    """forward: (N,) finite values to (N,). inverse: one number back, infinite where nothing finite maps there."""

    forward: Callable[[Floats], Floats]
    inverse: Callable[[float], float]
    note: str = ""


def find(name: Name, values: Floats) -> Space | str:
    """The space fitted to finite values (N,), or why it cannot hold them. Lambda is of maximum likelihood, from at
    most 100,000 of the values, the same ones every time.
    """
    if name == "log1p":
        if values.min() <= -1:
            return "log1p needs values above -1: limits in raw units"
        return Space(np.log1p, lambda y: float(np.expm1(min(y, 709.7))) if y < np.inf else np.inf)
    if name == "box_cox":
        if values.min() <= 0:
            return "Box-Cox needs values above 0: limits in raw units"
        power = box_cox_lambda(some(values))
        return Space(
            lambda x: box_cox(x, power),
            lambda y: box_cox_inverse(y, power),
            f"Box-Cox with lambda = {power:.3g}",
        )
    power = yeo_johnson_lambda(some(values))
    return Space(
        lambda x: yeo_johnson(x, power),
        lambda y: yeo_johnson_inverse(y, power),
        f"Yeo-Johnson with lambda = {power:.3g}",
    )


def some(values: Floats) -> Floats:
    """At most 100,000 of the values, drawn without replacement, by their number alone."""
    if len(values) <= MOST_VALUES:
        return values
    return values[np.random.default_rng(0).choice(len(values), MOST_VALUES, replace=False, shuffle=False)]


def box_cox(values: Floats, power: float) -> Floats:
    """(x^lambda - 1) / lambda of x > 0; ln x for lambda = 0 (Box and Cox 1964)."""
    logs = np.log(values)
    return np.asarray(np.expm1(power * logs) / power if power else logs)


def box_cox_inverse(y: float, power: float) -> float:
    """The x > 0 that lands on y; 0, or infinity for lambda < 0, where y lies beyond what any x lands on."""
    with np.errstate(over="ignore", under="ignore"):
        return float(np.exp(_log_inverse(y, power)))


def box_cox_lambda(values: Floats) -> float:
    """Maximum likelihood over [-5, 5] of (lambda - 1) sum ln x - n/2 ln var(f(x)), var dividing by n.

    Powers are taken of x over its geometric mean, of which the first term is free, so that none overflows.
    """
    logs = np.log(values)
    logs = logs - logs.mean()
    reach = float(np.abs(logs).max())
    widest = min(WIDEST, MOST_LOG / reach) if reach else WIDEST

    def unlikely(power: float) -> float:
        return float(np.log(np.var(np.expm1(power * logs) / power if power else logs)))

    return _least(unlikely, -widest, widest)


def yeo_johnson(values: Floats, power: float) -> Floats:
    """((x + 1)^lambda - 1) / lambda for x >= 0, -((1 - x)^(2 - lambda) - 1) / (2 - lambda) below (Yeo and Johnson
    2000)."""
    return _yeo_johnson(np.log1p(np.abs(values)), values >= 0, power)


def yeo_johnson_inverse(y: float, power: float) -> float:
    """The x that lands on y; infinite where y lies beyond what any x lands on."""
    with np.errstate(over="ignore", under="ignore"):
        return float(np.expm1(_log_inverse(y, power)) if y >= 0 else -np.expm1(_log_inverse(-y, 2 - power)))


def yeo_johnson_lambda(values: Floats) -> float:
    """Maximum likelihood over [-5, 5], or less where a power would overflow: -n/2 ln var(f(x)) + (lambda - 1) sum
    sign(x) ln(1 + |x|), var dividing by n.
    """
    logs, upper = np.log1p(np.abs(values)), values >= 0
    slope = float(np.mean(np.where(upper, logs, -logs)))
    most = MOST_LOG / max(float(logs[upper].max(initial=0.0)), 1e-9)
    least = 2 - MOST_LOG / max(float(logs[~upper].max(initial=0.0)), 1e-9)

    def unlikely(power: float) -> float:
        return float(np.log(np.var(_yeo_johnson(logs, upper, power)))) / 2 - (power - 1) * slope

    return _least(unlikely, max(-WIDEST, least), min(WIDEST, most))


def _yeo_johnson(logs: Floats, upper: np.ndarray, power: float) -> Floats:
    """From ln(1 + |x|) and whether x >= 0."""
    above = np.expm1(power * np.where(upper, logs, 0.0)) / power if power else np.where(upper, logs, 0.0)
    other = 2 - power
    below = np.expm1(other * np.where(upper, 0.0, logs)) / other if other else np.where(upper, 0.0, logs)
    return np.asarray(above - below)


def _log_inverse(y: float, power: float) -> float:
    """ln(lambda y + 1) / lambda, the logarithm of the inverse: keeps its digits for tiny lambda and for tiny y. Where
    lambda y + 1 <= 0 it is that of 0, or for lambda < 0 of infinity."""
    if power == 0:
        return y
    if power * y <= -1:
        return -np.inf if power > 0 else np.inf
    return float(np.log1p(power * y) / power)


def _least(worth: Callable[[float], float], low: float, high: float) -> float:
    """Where a function with one valley is least, by golden sections, to 1e-8 of the interval."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        at_left, at_right = worth(left), worth(right)
        for _ in range(40):
            if at_left <= at_right:
                high, right, at_right = right, left, at_left
                left = high - GOLDEN * (high - low)
                at_left = worth(left)
            else:
                low, left, at_left = left, right, at_right
                right = low + GOLDEN * (high - low)
                at_right = worth(right)
    return float((low + high) / 2)
