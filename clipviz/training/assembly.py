"""From a recipe and a table to everything that a run moves."""

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from clipviz.core.discovery import build
from clipviz.core.recipe import USUAL_LOSS, Choice, Recipe
from clipviz.core.regime import Training
from clipviz.core.table import Table
from clipviz.policies.gradients.base import Clipper, GradientClip
from clipviz.training import evaluation, memory, watch
from clipviz.training.augmenting import changes
from clipviz.training.backward import Backward
from clipviz.training.flat import Flat
from clipviz.training.ground import Ground, grounded
from clipviz.training.groups import groups
from clipviz.training.losses.base import Loss
from clipviz.training.network import Network
from clipviz.training.optimisers.base import Optimiser, OptimiserRecipe
from clipviz.training.precision import settled
from clipviz.training.pretrained import start_from
from clipviz.training.rates import Rates
from clipviz.training.rows import Rows, order, prepare, size, standardise
from clipviz.training.step import Step
from clipviz.training.stopping import planned
from clipviz.training.stream import Streamed

SAMPLE = 10_000
"""Most training rows whose loss is evaluated while a run goes on: a random choice, the same all along."""
FIRST_ROWS = 1024
"""Most rows of the first batch on which an initialisation may measure."""


@dataclass(frozen=True)
class Assembly:
    """A run at rest. criterion: what training minimises, in float64, for evaluations. constant: the loss of the best
    constant prediction on the training rows. sample: the training rows
    whose loss is evaluated. watched: validation rows for activations. spill: the folder on whose disk the rows
    are, None where they are resident. precision: what the layers compute in, in words, where the recipe left it open.
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
    ground: Ground
    spill: Path | None = None
    precision: str = ""


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
    network, begun = _network(recipe, table, ground, weights)
    flat = Flat(network.body, device)
    rows = table.train[ground.stays]
    clipper, optimiser, rates = _movers(recipe, flat, planned(len(rows), recipe), device)
    if like is None:
        spill = None if memory.fits(size(network, table), device, most) else folder
        train = prepare(network, table, rows, device, spill, ground.goals[ground.stays])
        validation = prepare(network, table, table.validation, device, spill)
    else:
        spill, train, validation = like.spill, like.train, like.validation
    loss = criterion(recipe, table, train.goal)
    wide = deepcopy(loss).to(torch.float64)
    batch = recipe.training.batch_size // recipe.training.accumulation
    example = torch.zeros(1, network.front.outputs, device=device)
    precision, why = settled(recipe.training.precision, network.body, example, batch, flat.weights.device)
    backward = Backward(network.body, loss, flat, recipe.training, precision)
    turned = changes(recipe, ground.front)
    some = np.random.default_rng(recipe.seed).permutation(len(train))[:SAMPLE]
    return Assembly(
        network=network,
        flat=flat,
        clipper=clipper,
        optimiser=optimiser,
        step=Step(network.body, flat, backward, clipper, optimiser, rates, recipe.training, turned),
        rates=rates,
        criterion=wide,
        constant=evaluation.constant(wide, train.goal, len(table.classes)),
        train=train,
        sample=train.take(np.sort(some)) if len(train) > SAMPLE else train,
        validation=validation,
        watched=validation.take(np.arange(min(len(validation), watch.most(network)))),
        evaluations=_evaluations(table, network, flat),
        notes=(*table.notes, *ground.notes, *begun, *_lone_rows(network, len(rows), recipe.training)),
        ground=ground,
        spill=spill,
        precision=why,
    )


def _network(
    recipe: Recipe, table: Table, ground: Ground, weights: Path | None
) -> tuple[Network, tuple[str, ...]]:
    """The network with its first weights, made on the CPU, so that they are the same on every device; and how it
    begins where that is elsewhere."""
    torch.manual_seed(recipe.seed)
    network = Network(recipe, ground.front, table.task, table.classes).train()
    standardise(network, ground.goals[ground.stays])
    rows = table.train[ground.stays]
    places = order(len(rows), recipe.seed, 0)[: min(recipe.training.batch_size, FIRST_ROWS)]
    batch = ground.front.rows(np.asarray(table.inputs[rows[places]]))
    with torch.no_grad():
        build("clipviz.training.initialisations", recipe.initialisation).apply(network.body, batch)
    if weights is None:
        return network, ()
    return network, (f"The network {start_from(network.body, weights)}.",)


def _movers(recipe: Recipe, flat: Flat, steps: int, device: str) -> tuple[Clipper, Optimiser, Rates]:
    """What clips the gradient, what moves the weights by it, and how fast over so many steps."""
    gradient: GradientClip = build("clipviz.policies.gradients", recipe.gradient)
    gradient.check_scales(recipe.training.clip_scales)
    clipper = gradient.build(flat.specs, flat.weights)
    chosen: OptimiserRecipe = build("clipviz.training.optimisers", recipe.optimiser)
    optimiser = chosen.build(groups(flat, chosen.weight_decay > 0))
    schedule = build("clipviz.training.schedules", recipe.schedule)
    return clipper, optimiser, Rates([schedule], [chosen.learning_rate], steps, device)


def _lone_rows(network: Network, rows: int, training: Training) -> tuple[str, ...]:
    """What batch norms do where a piece of a batch is one row, in words."""
    if not any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in network.body.modules()):
        return ()
    whole = min(rows, training.batch_size)
    pieces = {size: -(-size // training.accumulation) for size in (whole, rows % whole or whole)}
    if all(piece > 1 and size % piece != 1 for size, piece in pieces.items()):
        return ()
    return ("Where a batch, or a piece of one, is a single row, batch norms take their running statistics.",)


def _evaluations(table: Table, network: Network, flat: Flat) -> tuple[str, ...]:
    """Names of what an evaluation says."""
    return (
        "train_loss",
        "validation_loss",
        "constant_loss",
        *(f"validation/{name}" for name in evaluation.names(table.task)),
        *watch.names(network),
        "update_ratio",
        *(f"update_ratio/{layer}" for layer in flat.layers),
    )


def criterion(recipe: Recipe, table: Table, goal: Tensor) -> nn.Module:
    """The recipe's loss, on the device of the goals of all training rows; raises InvalidRecipe for another task's."""
    loss: Loss = build("clipviz.training.losses", recipe.loss or Choice(id=USUAL_LOSS[table.task]))
    loss.check_task(table.task)
    return loss.build(goal, len(table.classes)).to(goal.device)
