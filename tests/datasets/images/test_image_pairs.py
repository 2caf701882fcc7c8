"""Names that belong together, and tables that look like images."""

import pytest

from clipviz.core.profile import ColumnProfile
from clipviz.datasets import files
from clipviz.datasets.images.offer import looks_like_images
from clipviz.datasets.images.pairs import pair, role
from clipviz.datasets.ingest import ingest
from tests.datasets.zoo.image_specimens import labelled, pixel_rows, table


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("mnist_t10k-images-idx3-ubyte.gz", "mnist_t10k-labels-idx1-ubyte.gz"),
        ("train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
        ("x_train.npy", "y_train.npy"),
        ("images.csv", "labels.csv"),
        ("data/train/images.npy", "data/train/labels.npy"),
        ("img.xlsx", "target.csv"),
    ],
)
def test_images_and_labels_find_each_other(images: str, labels: str) -> None:
    assert (role(images), role(labels)) == ("images", "labels")
    assert pair([labels, images, "other.csv"]) == [(images, labels)]


def test_train_and_test_are_not_mixed() -> None:
    names = ["x_test.npy", "y_train.npy", "x_train.npy", "y_test.npy"]
    assert pair(names) == [("x_test.npy", "y_test.npy"), ("x_train.npy", "y_train.npy")]
    assert pair(["x_train.npy", "y_test.npy"]) == []


@pytest.mark.usefixtures("in_process")
def test_a_table_of_pixels_is_offered_as_images(settings, tmp_path) -> None:
    for name, rows, shape in (
        ("label", labelled(), "8x8"),
        ("bare", pixel_rows(4, 192), "8x8x3"),
        ("other", pixel_rows(4, 60), None),
        ("far", pixel_rows(4, 64) + 1000, None),
    ):
        path = tmp_path / f"{name}.csv"
        path.write_bytes(table(rows, ",".join(f"c{place}" for place in range(rows.shape[1]))))
        dataset = ingest(path, path.name, settings)
        found = looks_like_images(dataset, files.profiles(settings, dataset.id))
        assert (str(found) if found else None) == shape, name


def test_few_columns_are_no_images(settings) -> None:
    column = ColumnProfile(name="x", kind="integer", count=4, missing=0, minimum=0, maximum=9)
    from tests.store.conftest import dataset_named

    assert looks_like_images(dataset_named("x"), [column] * 36) is None
