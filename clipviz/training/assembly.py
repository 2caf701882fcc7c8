"""From a recipe and a table to everything that a run moves."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from clipviz.core.discovery import build
from clipviz.core.recipe import Recipe
from clipviz.core.table import Table
from clipviz.training import evaluation, memory, watch
from clipviz.training.flat import Flat
from clipviz.training.front import fit
from clipviz.training.network import Network
from clipviz.training.optimisers.base import Group, Optimiser, OptimiserRecipe
from clipviz.training.rows import Rows, prepare, size, standardise
from clipviz.training.step import Step
from clipviz.training.stream import Streamed

SAMPLE = 10_000
"""Most training rows whose loss is evaluated while a run goes on: a random choice, the same all along."""


@dataclass(frozen=True)
class Assembly:
    """A run at rest. sample: the training rows whose loss is evaluated. watched: validation rows for
    activations. spill: the folder on whose disk the rows are, None where they are resident.
    """

    network: Network
    flat: Flat
    optimiser: Optimiser
    step: Step
    train: Rows | Streamed
    sample: Rows | Streamed
    validation: Rows | Streamed
    watched: Rows
    evaluations: tuple[str, ...]
    notes: tuple[str, ...]
    spill: Path | None = None


def assemble(
    recipe: Recipe, table: Table, device: str, folder: Path | None = None, most: int | None = None
) -> Assembly:
    """Builds everything under the recipe's seed; raises InvalidRecipe for parts that cannot be built.

    Rows that do not fit (see `memory.fits`) are streamed from a file in `folder`, where there is one.
    """
    front, notes = fit(table, recipe.inputs)
    torch.manual_seed(recipe.seed)
    network = Network(recipe, front, table.task, table.classes).train()
    standardise(network, table)
    flat = Flat(network.body, device)
    clipper = build("clipviz.policies.gradients", recipe.gradient).build(flat.specs, flat.weights)
    chosen: OptimiserRecipe = build("clipviz.training.optimisers", recipe.optimiser)
    optimiser = chosen.build(_groups(flat, network, chosen.weight_decay > 0))
    step = Step(network.body, flat, table.task, clipper, optimiser, chosen.learning_rate)
    spill = None if memory.fits(size(network, table), device, most) else folder
    train = prepare(network, table, table.train, device, spill)
    validation = prepare(network, table, table.validation, device, spill)
    some = np.random.default_rng(recipe.seed).permutation(len(train))[:SAMPLE]
    return Assembly(
        network=network,
        flat=flat,
        optimiser=optimiser,
        step=step,
        train=train,
        sample=train.take(np.sort(some)) if len(train) > SAMPLE else train,
        validation=validation,
        watched=validation.take(np.arange(min(len(validation), watch.ROWS))),
        evaluations=(
            "train_loss",
            "validation_loss",
            *(f"validation/{name}" for name in evaluation.names(table.task)),
            *watch.names(tuple(network.body.clips)),
            "update_ratio",
        ),
        notes=(*table.notes, *notes),
        spill=spill,
    )


def _groups(flat: Flat, network: Network, decays: bool) -> list[Group]:
    """Weights and thresholds apart; together, for one kernel less, where nothing would tell them apart."""
    rates = {
        clip.policy.threshold_rate for clip in network.body.clips.values() if getattr(clip, "learned", False)
    }
    if rates <= {1.0} and not (rates and decays):
        return [Group(flat.weights, flat.gradient)]
    return [
        Group(flat.weights[:, : flat.split], flat.gradient[:, : flat.split]),
        Group(flat.thresholds, flat.gradient[:, flat.split :], rates.pop(), decays=False),
    ]


def calibrate(assembly: Assembly, batch: Rows) -> list[str]:
    """Starts every measured threshold at its quantile of |h| in one batch, first layer first; says where.

    A layer whose quantile is 0 (nothing gets through) keeps its threshold of 1.
    """
    sentences = []
    for place, (layer, clip) in enumerate(assembly.network.body.clips.items()):
        if getattr(clip, "learned", False) and clip.policy.start is None:
            share = clip.policy.start_quantile
            start = watch.quantile(watch.taps(assembly.network, batch.inputs)[place], share)
            if 1e-5 < start < np.inf:
                clip.start_at(start)
                sentences.append(
                    f"{layer}: threshold starts at {start:.3g}, quantile {share:g} of |h| in one batch"
                )
            else:
                sentences.append(
                    f"{layer}: threshold starts at 1, for quantile {share:g} of |h| in one batch is {start:g}"
                )
    return sentences
