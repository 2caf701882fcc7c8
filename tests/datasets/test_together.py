"""Dropped files that are one dataset are kept as one archive."""

import io
import zipfile

import pytest

from clipviz.core.errors import UnreadableFile
from clipviz.datasets import together
from clipviz.datasets.ingest import ingest


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (["a.csv"], [[0]]),
        (["a.csv", "b.csv"], [[0], [1]]),
        (["y_train.npy", "x_train.npy"], [[1, 0]]),
        (["labels.csv", "images.csv", "notes.csv"], [[1, 0], [2]]),
        (["p/cat/1.png", "p/dog/2.png", "p/labels.csv"], [[0, 1, 2]]),
        (["1.png", "other.zip", "2.png"], [[0, 2], [1]]),
        (["tr-images-idx3", "tr-labels-idx1", "te-images-idx3", "te-labels-idx1"], [[0, 1, 2, 3]]),
        ([], []),
    ],
)
def test_files_that_belong_together(names: list[str], groups: list[list[int]]) -> None:
    assert together.groups(names) == groups


def test_every_file_is_in_one_group() -> None:
    names = ["images.csv", "labels.csv", "x.npy", "y.npy", "a.zip", "b.tsv", "images.csv"]
    found = [at for group in together.groups(names) for at in group]
    assert sorted(found) == sorted(set(found)) and set(found) == set(range(len(names)))


def test_the_order_of_files_changes_nothing(settings) -> None:
    def stream(name: str) -> tuple[str, io.BytesIO]:
        return name, io.BytesIO(name.encode())

    one = together.pack([stream("b/2.png"), stream("a/1.png")], settings)
    other = together.pack([stream("a/1.png"), stream("b/2.png")], settings)
    assert one == other and one.parent == settings.uploads
    assert zipfile.ZipFile(one).namelist() == ["a/1.png", "b/2.png"]
    assert [path.name for path in settings.uploads.iterdir()] == [one.name]


def test_a_path_from_the_browser_cannot_leave_the_archive(settings) -> None:
    from tests.datasets.zoo.image_specimens import image

    kept = together.pack([("../../x.png", io.BytesIO(image())), ("a/1.png", io.BytesIO(image()))], settings)
    with pytest.raises(UnreadableFile, match="must stay inside the archive"):
        ingest(kept, "folder", settings)


@pytest.mark.parametrize(
    ("names", "title"),
    [
        (["a.csv"], "a.csv"),
        (["pets/cat/1.png", "pets/dog/2.png"], "pets"),
        (["x_train.npy", "y_train.npy"], "x_train.npy and 1 more"),
    ],
)
def test_a_name_for_all_of_them(names: list[str], title: str) -> None:
    assert together.title(names) == title
