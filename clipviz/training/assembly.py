"""From a recipe and a table to everything that a run moves."""

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from clipviz.core.discovery import build
from clipviz.core.recipe import USUAL_LOSS, Choice, Recipe
from clipviz.core.table import Table
from clipviz.policies.activations._calibration import calibrate as start_measured
from clipviz.policies.activations._calibration import waits
from clipviz.policies.gradients.base import Clipper, GradientClip
from clipviz.training import evaluation, memory, watch
from clipviz.training.augmenting import changes
from clipviz.training.backward import Backward
from clipviz.training.fit_front import fit
from clipviz.training.flat import Flat
from clipviz.training.front import Front
from clipviz.training.losses.base import Loss
from clipviz.training.network import Network, bounded
from clipviz.training.optimisers.base import Group, Optimiser, OptimiserRecipe
from clipviz.training.pretrained import start_from
from clipviz.training.rates import Rates
from clipviz.training.rows import Rows, order, prepare, size, standardise
from clipviz.training.step import Step
from clipviz.training.stopping import planned
from clipviz.training.stream import Streamed
from clipviz.training.target_clamp import clamped

SAMPLE = 10_000
"""Most training rows whose loss is evaluated while a run goes on: a random choice, the same all along."""
FIRST_ROWS = 1024
"""Most rows of the first batch on which an initialisation may measure."""


@dataclass(frozen=True)
class Assembly:
    """A run at rest. criterion: what training minimises, in float64, for evaluations. constant: the loss of the best
    constant prediction on the training rows. sample: the training rows
    whose loss is evaluated. watched: validation rows for activations. spill: the folder on whose disk the rows
    are, None where they are resident.
    """

    network: Network
    flat: Flat
    clipper: Clipper
    optimiser: Optimiser
    step: Step
    rates: Rates
    criterion: nn.Module
    constant: float
    train: Rows | Streamed
    sample: Rows | Streamed
    validation: Rows | Streamed
    watched: Rows
    evaluations: tuple[str, ...]
    notes: tuple[str, ...]
    ground: "Ground"
    spill: Path | None = None


class Ground(NamedTuple):
    """What the clamps of a recipe make of a table, before there is a network. stays: training rows that are left.
    goals: (N_train,) what the loss compares with."""

    front: Front
    goals: NDArray[np.float64]
    stays: NDArray[np.bool_]
    notes: tuple[str, ...]


def grounded(recipe: Recipe, table: Table) -> Ground:
    """Fits the clamps of a recipe; raises InvalidRecipe."""
    goals = clamped(table, recipe.target_clamp)
    front, notes, stays = fit(table, recipe.inputs, goals.leaving)
    return Ground(front, goals.values, stays, (*goals.notes, *notes))


def assemble(
    recipe: Recipe,
    table: Table,
    device: str,
    folder: Path | None = None,
    most: int | None = None,
    weights: Path | None = None,
    like: Assembly | None = None,
) -> Assembly:
    """Builds everything under the recipe's seed; raises InvalidRecipe for parts that cannot be built.

    Rows that do not fit (see `memory.fits`) are streamed from a file in `folder`, where there is one.
    weights: the file of another network's weights to start from. like: of a recipe with the same inputs and target
    clamp, whose rows this one shares.
    """
    ground = grounded(recipe, table) if like is None else like.ground
    front, goals, stays, notes = ground
    torch.manual_seed(recipe.seed)
    network = Network(recipe, front, table.task, table.classes).train()
    standardise(network, goals[stays])
    rows = table.train[stays]
    places = order(len(rows), recipe.seed, 0)[: min(recipe.training.batch_size, FIRST_ROWS)]
    _initialise(network, recipe, front.rows(np.asarray(table.inputs[rows[places]])))
    begun = () if weights is None else (f"The network {start_from(network.body, weights)}.",)
    flat = Flat(network.body, device)
    gradient: GradientClip = build("clipviz.policies.gradients", recipe.gradient)
    gradient.check_scales(recipe.training.clip_scales)
    clipper = gradient.build(flat.specs, flat.weights)
    chosen: OptimiserRecipe = build("clipviz.training.optimisers", recipe.optimiser)
    optimiser = chosen.build(groups(flat, chosen.weight_decay > 0))
    schedule = build("clipviz.training.schedules", recipe.schedule)
    rates = Rates([schedule], [chosen.learning_rate], planned(len(rows), recipe), device)
    if like is None:
        spill = None if memory.fits(size(network, table), device, most) else folder
        train = prepare(network, table, rows, device, spill, goals[stays])
        validation = prepare(network, table, table.validation, device, spill)
    else:
        spill, train, validation = like.spill, like.train, like.validation
    loss = criterion(recipe, table, train.goal)
    wide = deepcopy(loss).to(torch.float64)
    backward = Backward(network.body, loss, flat, recipe.training)
    step = Step(
        network.body,
        flat,
        backward,
        clipper,
        optimiser,
        rates,
        recipe.training,
        changes(recipe, front),
    )
    some = np.random.default_rng(recipe.seed).permutation(len(train))[:SAMPLE]
    return Assembly(
        network=network,
        flat=flat,
        clipper=clipper,
        optimiser=optimiser,
        step=step,
        rates=rates,
        criterion=wide,
        constant=evaluation.constant(wide, train.goal, len(table.classes)),
        train=train,
        sample=train.take(np.sort(some)) if len(train) > SAMPLE else train,
        validation=validation,
        watched=validation.take(np.arange(min(len(validation), watch.most(network)))),
        evaluations=(
            "train_loss",
            "validation_loss",
            "constant_loss",
            *(f"validation/{name}" for name in evaluation.names(table.task)),
            *watch.names(network),
            "update_ratio",
            *(f"update_ratio/{layer}" for layer in flat.layers),
        ),
        notes=(*table.notes, *notes, *begun),
        ground=ground,
        spill=spill,
    )


def criterion(recipe: Recipe, table: Table, goal: Tensor) -> nn.Module:
    """The recipe's loss, on the device of the goals of all training rows; raises InvalidRecipe for another task's."""
    loss: Loss = build("clipviz.training.losses", recipe.loss or Choice(id=USUAL_LOSS[table.task]))
    loss.check_task(table.task)
    return loss.build(goal, len(table.classes)).to(goal.device)


def _initialise(network: Network, recipe: Recipe, batch: Tensor) -> None:
    """Starts the weights as the recipe says, on the CPU, so that they are the same on every device."""
    with torch.no_grad():
        build("clipviz.training.initialisations", recipe.initialisation).apply(network.body, batch)


def groups(flat: Flat, decays: bool) -> list[Group]:
    """Weights and thresholds apart, those by rate; together, for one kernel less, where nothing tells them apart."""
    if all(isinstance(rate, float) and rate == 1.0 for rate, _, _ in flat.rates) and not (
        flat.rates and decays
    ):
        return [Group(flat.weights, flat.gradient)]
    return [
        Group(flat.weights[:, : flat.split], flat.gradient[:, : flat.split]),
        *(
            Group(flat.weights[:, start:end], flat.gradient[:, start:end], rate, decays=False)
            for rate, start, end in flat.rates
        ),
    ]


def calibrate(assembly: Assembly, batch: Rows) -> list[str]:
    """Starts every measured threshold where its policy measures it in one batch, first layer first; says where.

    A threshold whose measure is 0 (nothing gets through) or no number starts at 1; a channel's, where that of
    its layer starts.
    """
    sentences = []
    places = list(assembly.network.body.clips)
    for name, place, position, clip in bounded(assembly.network.body):
        if not waits(clip):
            continue
        tap = watch.taps(assembly.network, batch.inputs)[places.index(place)]
        with torch.no_grad():
            values = assembly.network.body.clips[place].before(tap, position)
        sentences.append(f"{name}: {start_measured(clip, values)}")
    return sentences
