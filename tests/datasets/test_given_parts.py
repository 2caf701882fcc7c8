"""Parts of a split are known by their names, where there is a part to train on, and kept as they were given."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from clipviz.core.dataset import Column, Dataset, ImageReading, ImageShape, Reading
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Data, Recipe, Split
from clipviz.datasets import split_keys, table
from clipviz.datasets.given_parts import folders, part_of
from clipviz.datasets.ingest import ingest, preview
from clipviz.datasets.split import split
from clipviz.runs.defaults import starting
from tests.datasets.zoo.image_specimens import image, numbered, zipped

PART = Column(name="part", kind="category")


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("train", "train"),
        ("seg_test", "test"),
        ("Training Set", "train"),
        ("PublicTest", "test"),
        ("x_val.npy", "validation"),
        ("t10k-images-idx3-ubyte", "test"),
        ("constraint", None),
        ("latest", None),
        ("train_test", None),
        ("", None),
    ],
)
def test_names_of_parts(name, part):
    assert part_of(name) == part


def test_the_class_of_a_file_is_its_innermost_folder_that_is_no_part():
    found = folders(["d/train/cat/1.png", "d/test/cat/2.png", "d/test/3.png", "d/other/4.png"])
    assert list(found.values()) == [("train", "cat"), ("test", "cat"), ("test", "d"), (None, "d")]
    assert folders(
        ["seg_train/seg_train/sea/1.png", "seg_pred/seg_pred/2.png", "seg_test/seg_test/sea/3.png"]
    ) == {
        "seg_train/seg_train/sea/1.png": ("train", "sea"),
        "seg_pred/seg_pred/2.png": (None, ""),
        "seg_test/seg_test/sea/3.png": ("test", "sea"),
    }
    assert folders(["train/1.png", "plane/2.png"]) == {
        "train/1.png": (None, "train"),
        "plane/2.png": (None, "plane"),
    }


def test_a_given_split_is_kept_and_what_it_lacks_is_drawn_from_training():
    cells = pa.chunked_array([["Train"] * 70 + ["test"] * 20 + [None] * 10])
    keys, notes = split_keys.given(PART, cells)
    train, validation, test = split(100, Split(kind="given", column="part"), keys)
    assert test.tolist() == list(range(70, 90))
    assert len(validation) == 15 and sorted([*train, *validation]) == [*range(70), *range(90, 100)]
    assert notes == (
        "10 rows have no part; they are for training.",
        "part names no rows for validation: they are drawn from the training rows.",
    )


def test_words_that_name_no_part_are_refused():
    with pytest.raises(InvalidRecipe, match=r"words train, validation and test; received 'blue' in 'part'"):
        split_keys.given(PART, pa.chunked_array([["train", "blue"]]))
    with pytest.raises(InvalidRecipe, match="rows to train on"):
        split(12, Split(kind="given", column="part"), np.full(12, 2.0))


@pytest.mark.usefixtures("in_process")
def test_images_that_come_split_are_split_so_unless_somebody_chooses_another_way(settings, tmp_path):
    path = tmp_path / "a.zip"
    members = {f"{part}/{c}/{i}.png": image() for part in ("train", "test") for c in "ab" for i in range(6)}
    path.write_bytes(zipped(members))
    dataset = ingest(path, "a.zip", settings)
    recipe = starting(dataset, "label", {})
    assert recipe.split == Split(kind="given", column="part")
    found = table.load(settings, dataset, recipe)
    assert found.source_rows[found.test].tolist() == list(range(12, 24))
    assert {len(found.train), len(found.validation)} == {8, 4}


def test_a_column_called_part_splits_no_table_by_itself():
    known = Dataset(
        id="0" * 16,
        name="d",
        source="0" * 16,
        reading=Reading(),
        columns=(PART, Column(name="y", kind="number")),
        rows=9,
        bytes=1,
        created_at=datetime.now(UTC),
    )
    assert starting(known, "y", {}).split == Split()
    image_set = known.model_copy(update={"image": ImageShape(height=2, width=2, channels=1)})
    assert starting(image_set, "y", {}).split.kind == "given"


@pytest.mark.usefixtures("in_process")
def test_a_column_of_parts_is_no_input_when_it_splits(settings, write):
    rows = "".join(f"{n},{n % 7},{'test' if n % 5 == 0 else 'train'}\n" for n in range(60))
    dataset = ingest(write("x,y,split\n" + rows), "a.csv", settings)
    recipe = Recipe(data=Data(dataset=dataset.id, target="y"), split=Split(kind="given", column="split"))
    found = table.load(settings, dataset, recipe)
    assert [feature.name for feature in found.features] == ["x"]
    assert found.test.tolist() == list(range(0, 60, 5))


@pytest.mark.usefixtures("in_process")
def test_the_column_of_labels_can_be_picked_from_those_of_the_table(settings, tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(numbered("file,what,colour\n0,cat,red\n1,dog,red\n2,cat,blue\n3,dog,green\n"))
    seen = preview(path, Reading(), settings, name="a.zip")
    assert seen.choices == {"label_column": ["what", "colour"]} and seen.reading.images.label_column == "what"
    other = preview(path, Reading(images=ImageReading(label_column="colour")), settings, name="a.zip")
    assert [row[1] for row in other.rows] == ["red", "red", "blue", "green"]
