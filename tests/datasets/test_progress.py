"""A reading says how far it is, and can be ended at any moment without leaving anything behind."""

import pytest

from clipviz.core.errors import Cancelled
from clipviz.datasets import progress
from clipviz.datasets.ingest import ingest
from clipviz.datasets.progress import Progress


def large(write):
    row = ",".join(str(n * 1.5) for n in range(20))
    return write("\n".join([",".join(f"x{n}" for n in range(20)), *[row] * 220_000]))


def test_what_is_said_is_heard(tmp_path, monkeypatch):
    place = tmp_path / "progress.json"
    assert progress.heard(place) is None
    monkeypatch.setattr(progress._Spoken, "place", place)
    progress.say(5, 5, "reading")
    assert progress.heard(place) == Progress(5, 5, "reading")
    progress.say(1, 9, "storing rows")  # too soon after the last
    assert progress.heard(place) == Progress(5, 5, "reading")


def test_a_large_file_tells_its_bytes_and_then_its_columns(settings, write):
    path = large(write)
    heard: list[Progress] = []
    dataset = ingest(path, "large.csv", settings, listener=heard.append)
    assert dataset.rows == 220_000
    assert heard and heard[0].total >= heard[0].done > 0
    assert {known.doing for known in heard} <= {"reading", "storing rows", "profiling columns"}


def test_a_cancelled_reading_leaves_the_upload_and_nothing_else(settings, write):
    path = large(write)

    def cancel(_: Progress) -> None:
        raise Cancelled("Reading was cancelled", None, "Read it again when you like")

    with pytest.raises(Cancelled, match="Reading was cancelled"):
        ingest(path, "large.csv", settings, listener=cancel)
    assert list(settings.datasets.iterdir()) == []
    assert [kept.stat().st_size for kept in settings.uploads.iterdir()] == [path.stat().st_size]
    assert ingest(path, "large.csv", settings).rows == 220_000
