"""Recipes whose steps differ in all that a step can do; for what must hold of each of them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from clipviz.core.discovery import discover
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.table import Feature, Table

from .conftest import classification, parts, recipe, regression
from .test_architectures import images, texts

Case = tuple[Callable[[], Table], dict[str, Any]]


def photographs(rows: int = 60) -> Table:
    """Colour images 8x8."""
    generator = np.random.default_rng(0)
    features = tuple(Feature(f"value {place}") for place in range(8 * 8 * 3))
    pixels = generator.integers(0, 256, (rows, len(features))).astype(np.uint8)
    target, names = (np.arange(rows) % 3).astype(np.float64), ("one", "two", "three")
    split = parts(rows)
    return Table(
        features, pixels, target, "y", "classification", names, *split, np.arange(rows), image=(8, 8, 3)
    )


PIXELS = {"inputs__normalisation__id": "divide"}
CNN = PIXELS | {"model": Choice.of("cnn", channels=(4, 8))}
SMALL = {"model__widths": (6, 5)}


def _each(part: str, package: str, **more: Any) -> dict[str, Case]:
    return {
        f"{part} {name}": (regression, {**SMALL, f"{part}__id": name, **more})
        for name in discover(f"clipviz.{package}")
    }


CASES: dict[str, Case] = {
    **_each("activation", "policies.activations", gradient__id="global_norm"),
    **_each("gradient", "policies.gradients", activation__id="learned_tanh"),
    **_each("optimiser", "training.optimisers", gradient__id="global_norm"),
    **{
        f"augment {name}": (photographs, {**CNN, "augment": [Choice(id=name)]})
        for name in discover("clipviz.training.augmentations")
    },
    "mlp, everything": (
        classification,
        {
            "model": Choice.of(
                "mlp", widths=(6, 6), norm="batch", residual=True, dropout=0.2, embedding=2
            ),
            "activation": Choice.of("learned_tanh", per="channel", penalty=0.1, threshold_rate=3.0),
            "gradient__id": "value",
            "optimiser": Choice.of("adamw", weight_decay=0.1),
            "schedule": Choice.of("cosine", warmup=3),
            "training__l1": 0.01,
            "training__gradient_noise": 0.1,
            "training__sharpness": 0.05,
        },
    ),
    "pieces": (classification, {**SMALL, "training__accumulation": 3}),
    "weighted classes in pieces": (
        classification,
        {**SMALL, "training__accumulation": 2, "loss": Choice.of("cross_entropy", class_weighted=True)},
    ),
    "the step is scaled": (
        regression, {**SMALL, "gradient__id": "global_norm", "training__clip_scales": "step"},
    ),
    "bfloat16": (regression, {**SMALL, "training__precision": "bfloat16", "activation__id": "learned_tanh"}),
    "float16": (regression, {**SMALL, "training__precision": "float16", "activation__id": "learned_tanh"}),
    "cnn": (images, CNN | {"model__norm": "batch", "model__dropout": 0.1, "activation__id": "learned_tanh"}),
    "residual cnn": (images, PIXELS | {"model": Choice.of("residual_cnn", width=4, stages=2)}),
    "lstm": (texts, {"model": Choice.of("lstm", embedding=4, hidden=6, layers=2, dropout=0.1)}),
    "resnet18": (photographs, PIXELS | {"model": Choice.of("resnet18"), "training__batch_size": 4}),
}  # fmt: skip


def of(name: str) -> tuple[Table, Recipe]:
    """The table and the recipe of a case."""
    table, changes = CASES[name]
    return table(), recipe(**changes)
