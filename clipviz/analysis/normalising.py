"""How a column reaches the network: behind its clamp and the normalisation."""

from dataclasses import dataclass

import numpy as np

from clipviz.analysis.column import TrainingColumn
from clipviz.core.bounds import Bounds
from clipviz.core.discovery import build
from clipviz.core.recipe import Choice
from clipviz.policies.normalisations.base import Normalisation

MOST = 100_000


@dataclass(frozen=True)
class Scaled:
    """Of the finite training values, clamped and normalised; std divides by n. note: of the normalisation."""

    least: float
    most: float
    mean: float
    std: float
    note: str = ""


def scaled(column: TrainingColumn, bounds: Bounds, normalisation: Choice) -> Scaled | None:
    """None where no finite value stays. Of more than 100,000 values, as many of evenly spaced rank stand for all; where
    groups have bounds of their own, those of all rows do."""
    count = len(column.ordered)
    few = count <= MOST
    ordered = column.ordered if few else column.at_ranks(np.linspace(0, count - 1, MOST).astype(np.int64))
    values = bounds.clamp(np.asarray(ordered))
    column.let_go()
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    found: Normalisation = build("clipviz.policies.normalisations", normalisation)
    centre, scale, note = found.fit(values)
    with np.errstate(over="ignore"):
        out = values / scale - centre / scale
    mean, std = (float(np.mean(out)), float(np.std(out))) if np.isfinite(out).all() else (np.nan, np.nan)
    return Scaled(float(out.min()), float(out.max()), mean, std, note)
