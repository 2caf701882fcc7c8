"""Images changed on their way into a step."""

from typing import Any

import numpy as np
import pytest
import torch

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Recipe
from clipviz.core.table import Feature, Table
from clipviz.training.assembly import assemble

from .conftest import parts, recipe, regression


def images(height: int = 4, width: int = 6, channels: int = 3) -> Table:
    pixels = np.random.default_rng(0).integers(0, 256, (60, height * width * channels)).astype(np.uint8)
    features = tuple(Feature(f"p{place}") for place in range(pixels.shape[1]))
    target = (np.arange(60) % 2).astype(np.float64)
    more: dict[str, Any] = {"image": (height, width, channels)}
    return Table(
        features, pixels, target, "y", "classification", ("a", "b"), *parts(60), np.arange(60), **more
    )


def made(*augment: dict[str, object], **changes: object) -> Recipe:
    changes = {"inputs__normalisation__id": "divide", "model__id": "cnn"} | changes
    return recipe(augment=list(augment), **changes)


def test_the_step_sees_other_images_than_the_rows_hold() -> None:
    """A mirror image of a row is the row of the mirror image; the rows stay as they are."""
    table = images()
    assembly = assemble(made({"id": "flip", "probability": 1.0}), table, "cpu")
    seen: list[torch.Tensor] = []
    backward = assembly.step._gradient

    def listening(inputs: torch.Tensor, goal: torch.Tensor) -> Any:
        seen.append(inputs)
        return backward(inputs, goal)

    assembly.step._gradient = listening  # type: ignore[assignment]
    before = assembly.train.take(np.arange(5)).inputs
    assembly.step(assembly.train, torch.arange(5))
    mirrored = before.view(5, 4, 6, 3).flip(2).reshape(5, -1)
    assert torch.equal(seen[0], mirrored) and not torch.equal(seen[0], before)
    assert torch.equal(assembly.train.take(np.arange(5)).inputs, before)


def test_all_of_them_in_turn_keep_shape_and_range() -> None:
    chain = [{"id": name, "probability": 1.0} for name in ("crop", "flip", "affine", "jitter", "erase")]
    assembly = assemble(made(*chain), images(), "cpu")
    change = assembly.step._changes[0]
    rows = assembly.train.take(np.arange(8)).inputs
    changed = change(rows)
    assert changed.shape == rows.shape and changed.min() >= 0 and changed.max() <= 1
    torch.manual_seed(3)
    once = change(rows)
    torch.manual_seed(3)
    assert torch.equal(change(rows), once), "the generator decides, and nothing else"


def test_what_cannot_be_changed_is_refused() -> None:
    with pytest.raises(InvalidRecipe, match="whole images; received inputs that are not all pixels"):
        assemble(recipe(augment=[{"id": "flip"}]), regression(), "cpu")
    with pytest.raises(InvalidRecipe, match=r"pixels in 0\.\.1; received the normalisation z_score"):
        assemble(made({"id": "flip"}, inputs__normalisation__id="z_score"), images(), "cpu")
