"""Images as a table of numbers."""

import numpy as np
import pytest

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Data, Recipe
from clipviz.datasets import files, pixel_features, table
from clipviz.datasets.ingest import ingest
from tests.datasets.zoo.image_specimens import npz

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture
def stored(settings, tmp_path):
    """40 colour images of 8 x 8 whose first pixel never varies; the last four have no label."""
    images = np.random.default_rng(3).integers(0, 256, (40, 8, 8, 3), dtype=np.uint8)
    images[:, 0, 0] = 7
    labels = np.where(np.arange(40) < 36, np.arange(40) % 3 + 8.0, np.nan)
    path = tmp_path / "a.npz"
    path.write_bytes(npz(images=images, labels=labels))
    return ingest(path, "a.npz", settings), images


def recipe(dataset, **data) -> Recipe:
    return Recipe(data=Data(dataset=dataset.id, target="label", **data))


def test_every_pixel_is_an_input(settings, stored) -> None:
    dataset, images = stored
    found = table.load(settings, dataset, recipe(dataset))
    assert (found.task, found.classes) == ("classification", ("8", "9", "10"))
    assert found.inputs.dtype == np.uint8 and found.inputs.shape == (36, 8 * 8 * 3)
    names = [feature.name for feature in found.features]
    assert names[0] == "pixel 0,0,red" and found.image == (8, 8, 3)
    place = names.index("pixel 3,4,blue")
    assert (found.inputs[:, place] == images[found.source_rows, 3, 4, 2]).all()
    assert found.notes == (
        "4 of 40 rows have no target and were left out.",
        "3 of 192 pixels are the same in every training image.",
    )
    assert dataset.target == "label" and files.images(settings, dataset.id).classes[-1] == ("", 4)


def test_some_pixels_can_be_chosen(settings, stored) -> None:
    dataset, _ = stored
    found = table.load(settings, dataset, recipe(dataset, features=("pixel 7,7,green", "pixel 1,0,red")))
    assert [feature.name for feature in found.features] == ["pixel 1,0,red", "pixel 7,7,green"]
    assert found.image is None
    with pytest.raises(
        InvalidRecipe, match=r"one of its pixels; received 'pixel 9,9'.*pixel 0,0,red to pixel 7,7,blue"
    ):
        table.load(settings, dataset, recipe(dataset, features=("pixel 9,9",)))
    with pytest.raises(InvalidRecipe, match="at least one pixel that varies"):
        table.load(settings, dataset, recipe(dataset, features=("pixel 0,0,red",)))


def test_too_many_values_say_what_to_do(settings, stored, monkeypatch) -> None:
    dataset, _ = stored
    monkeypatch.setattr(pixel_features, "MOST_VALUES", 1000)
    with pytest.raises(
        InvalidRecipe, match=r"received 36 images of 192 values. Read the images at a smaller shape"
    ):
        table.load(settings, dataset, recipe(dataset))


def test_images_without_labels_cannot_be_trained(settings, tmp_path) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(npz(images=np.arange(20 * 64).reshape(20, 8, 8).astype(np.uint8)))
    dataset = ingest(path, "a.npz", settings)
    with pytest.raises(
        InvalidRecipe, match="A target must hold numbers or categories; received an empty column"
    ):
        table.load(settings, dataset, recipe(dataset))
