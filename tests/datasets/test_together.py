"""Dropped files that are one dataset are kept as one archive."""

import io
import zipfile

import pytest

from clipviz.core.errors import Cancelled, NotFound, UnreadableFile
from clipviz.datasets import ingest as ingest_module
from clipviz.datasets import together
from clipviz.datasets.ingest import ingest
from clipviz.datasets.progress import Progress


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


def test_packing_tells_how_far_it_is_and_ends_with_nothing_when_told_to(settings, tmp_path) -> None:
    (tmp_path / "one").write_bytes(b"12345")
    files = [("a", tmp_path / "one"), ("b", io.BytesIO(b"678"))]
    heard: list[Progress] = []
    together.pack(files, settings, heard.append)
    assert heard == [Progress(5, 8, "packing"), Progress(8, 8, "packing")]

    def stop(_: Progress) -> None:
        raise Cancelled("stop")

    before = sorted(settings.uploads.iterdir())
    with pytest.raises(Cancelled):
        together.pack([("c", tmp_path / "one")], settings, stop)
    with pytest.raises(UnreadableFile, match="at most 0 MB"):
        together.pack(files, settings.model_copy(update={"upload_mb": 0}))
    assert sorted(settings.uploads.iterdir()) == before


def test_a_part_that_is_gone_is_told_and_leaves_nothing(settings, tmp_path) -> None:
    with pytest.raises(NotFound, match=r"must be here to be packed; received 'a/1.png'\. Drop"):
        together.pack([("a/1.png", tmp_path / "gone"), ("b", io.BytesIO(b"1"))], settings)
    assert not settings.uploads.exists() or not list(settings.uploads.iterdir())


def test_parts_go_once_they_are_packed_but_not_what_a_dataset_came_from(settings, in_process) -> None:
    read, part, busy = (
        ingest_module.spool(io.BytesIO(text), settings) for text in (b"a,b\n1,2\n", b"2", b"3")
    )
    ingest(read, "a.csv", settings)
    together.forget([read, part, busy, part], settings, {busy.name})
    assert sorted(settings.uploads.iterdir()) == sorted([read, busy])


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
