"""Uploads are kept, ingest is atomic and idempotent, and a reading process that runs wild is ended."""

import errno
import io
import json
import os
import threading
from pathlib import Path

import pytest

from clipviz.core.dataset import Reading
from clipviz.core.errors import ClipvizError, NotFound, UnreadableFile
from clipviz.core.ids import is_id
from clipviz.core.settings import Settings
from clipviz.datasets import files, reader_process
from clipviz.datasets.formats.base import Format
from clipviz.datasets.ingest import ingest, preview, spool

TABLE = "x,word\n1.5,a\n2.5,b\n,a\n"


def left_over(settings):
    return [path.name for path in settings.datasets.glob(".*")] + [
        path.name for path in settings.uploads.glob(".*")
    ]


def test_what_an_ingest_leaves(settings, write):
    dataset = ingest(write(TABLE), "My table.csv", settings, who="Ada")
    assert is_id(dataset.id) and (settings.uploads / dataset.source).read_bytes() == TABLE.encode()
    assert (dataset.name, dataset.created_by, dataset.rows, dataset.bytes) == (
        "My table.csv",
        "Ada",
        3,
        len(TABLE),
    )
    assert dataset.reading == Reading.model_validate(
        {**dataset.reading.model_dump(), "delimiter": ",", "header": True}
    )
    assert files.dataset(settings, dataset.id) == dataset
    names = {path.name for path in files.folder(settings, dataset.id).iterdir()}
    assert names == {
        "data.parquet",
        "rejected.parquet",
        "profile.json",
        "dataset.json",
        "notes.json",
        "sorted",
    }
    assert left_over(settings) == []


def test_the_same_file_twice_is_one_dataset(settings, write):
    first = ingest(write(TABLE), "a.csv", settings, who="Ada")
    again = ingest(write(TABLE, "b.csv"), "b.csv", settings, who="Bob")
    explicit = ingest(settings.uploads / first.source, "c.csv", settings, first.reading)
    by_source = ingest(first.source, "d.csv", settings)
    assert first == again == explicit == by_source
    assert len(list(settings.datasets.iterdir())) == 1


def test_another_reading_or_kind_is_another_dataset(settings, write):
    first = ingest(write(TABLE), "a.csv", settings)
    headless = ingest(write(TABLE), "a.csv", settings, Reading(header=False))
    typed = ingest(write(TABLE), "a.csv", settings, overrides={"x": "category"})
    assert len({first.id, headless.id, typed.id}) == 3
    assert typed.column("x").kind == "category"
    assert headless.rows + headless.rejected == 4


def test_missing_value_words(settings, write):
    dataset = ingest(write("x\n1\n2\nabsent\n4\n"), "a.csv", settings, Reading(missing=("absent",)))
    assert dataset.column("x").kind == "integer"
    assert files.profiles(settings, dataset.id)[0].missing == 1


def test_two_at_once_give_the_same(settings, write):
    path, found = write(TABLE), []
    workers = [
        threading.Thread(target=lambda: found.append(ingest(path, "a.csv", settings))) for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found[0] == found[1]
    assert left_over(settings) == []


def test_a_relative_home_works(write, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    settings = Settings()
    dataset = ingest(write(TABLE), "a.csv", settings)
    assert files.values(settings, dataset.id, "x")[0] == 1.5


def test_spool_keeps_bytes_under_their_hash(settings):
    one, same = spool(io.BytesIO(b"abc"), settings), spool(io.BytesIO(b"abc"), settings)
    assert one == same and is_id(one.name) and one.read_bytes() == b"abc"


def test_spool_refuses_empty_and_huge_uploads(settings):
    with pytest.raises(UnreadableFile, match="must not be empty"):
        spool(io.BytesIO(b""), settings)
    small = settings.model_copy(update={"upload_mb": 1})
    with pytest.raises(UnreadableFile, match=r"at most 1 MB.*CLIPVIZ_UPLOAD_MB"):
        spool(io.BytesIO(bytes(1_100_000)), small)
    assert left_over(settings) == [] and list(settings.uploads.iterdir()) == []


def test_a_full_disk_is_said_and_leaves_nothing(settings):
    class Full(io.BytesIO):
        def read(self, size=-1):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(ClipvizError, match=r"could not be kept; received No space left on device.*Make room"):
        spool(Full(), settings)
    assert list(settings.uploads.iterdir()) == []


@pytest.mark.parametrize("trouble", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "duckdb", "aside"])
@pytest.mark.parametrize(
    ("work", "rule"),
    [(ingest, "The dataset could not be stored"), (preview, "The file could not be laid out")],
)
def test_a_disk_that_fills_while_reading_is_no_fault_of_the_file(
    settings, write, monkeypatch, trouble, work, rule
):
    """The reading process itself, in this one; what it says goes through its reply."""
    import duckdb

    full = {"duckdb": duckdb.IOException("IO Error: Could not write: No space left on device"),
            "aside": duckdb.OutOfMemoryException("Out of Memory: No space left on device: temp_directory")}  # fmt: skip

    def refuse(*_):
        raise full.get(trouble, trouble) if isinstance(trouble, str) else trouble

    def supervised(document, seconds):
        monkeypatch.setattr("sys.stdin", io.StringIO(document))
        reader_process._main()
        return 0, ""

    monkeypatch.setattr(Format, "read", refuse)
    monkeypatch.setattr(Format, "preview", refuse)
    monkeypatch.setattr(reader_process, "_limit_memory", lambda megabytes: None)
    monkeypatch.setattr(reader_process, "_supervised", supervised)
    given = (write(TABLE), "a.csv", settings) if work is ingest else (write(TABLE), Reading(), settings)
    with pytest.raises(ClipvizError, match=f"{rule}.*No space left on device.*Make room") as caught:
        work(*given)
    assert not isinstance(caught.value, UnreadableFile)
    assert left_over(settings) == []


def test_a_reader_without_room_for_its_reply(settings, write, monkeypatch):
    said = (1, "Traceback ...\nOSError: [Errno 28] No space left on device\n")
    monkeypatch.setattr(reader_process, "_supervised", lambda *_: said)
    with pytest.raises(ClipvizError, match="could not be stored; received No space left on device"):
        ingest(write(TABLE), "a.csv", settings)


def test_parts_of_yesterday_are_swept(settings, write):
    for place in (settings.uploads, settings.datasets):
        place.mkdir(parents=True)
    (settings.datasets / ".part-old").mkdir()
    (settings.uploads / ".part-old").write_bytes(b"half")
    (settings.uploads / ".part-young").write_bytes(b"still coming")
    for place in (settings.uploads, settings.datasets):
        os.utime(place / ".part-old", (0, 0))
    ingest(write(TABLE), "a.csv", settings)
    assert [part.name for part in settings.home.rglob(".part-*")] == [".part-young"]


def test_a_killed_preview_leaves_nothing(settings, write, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()

    def die(document, seconds):
        (Path(json.loads(document)["folder"]) / ".staging-x").mkdir()
        return -9, ""

    monkeypatch.setattr(reader_process, "_supervised", die)
    with pytest.raises(UnreadableFile, match="MB of memory"):
        preview(write(TABLE), Reading(), settings)
    assert list((tmp_path / "scratch").iterdir()) == []


def test_too_slow_is_said_and_leaves_nothing(settings, write):
    hurried = settings.model_copy(update={"ingest_seconds": 0.01})
    with pytest.raises(UnreadableFile, match=r"at most 0.01 seconds.*CLIPVIZ_INGEST_SECONDS"):
        ingest(write(TABLE), "a.csv", hurried)
    assert list(settings.datasets.iterdir()) == []
    assert len(list(settings.uploads.iterdir())) == 1


def test_too_much_memory_is_said(settings, write):
    tight = settings.model_copy(update={"ingest_mb": 64})
    wide = "a" * 1_900_000
    with pytest.raises(UnreadableFile, match=r"at most 64 MB of memory.*CLIPVIZ_INGEST_MB"):
        ingest(write("x,y\n" + f"{wide},1\n" * 60), "a.csv", tight)


def test_a_reader_that_dies_is_no_traceback(settings, monkeypatch):
    monkeypatch.setattr(reader_process, "_supervised", lambda *_: (1, "Traceback ...\nValueError: odd\n"))
    with pytest.raises(UnreadableFile, match="must be readable; received ValueError: odd"):
        reader_process.run("ingest", {}, settings)
    monkeypatch.setattr(reader_process, "_supervised", lambda *_: (-9, ""))
    with pytest.raises(UnreadableFile, match="4,000 MB of memory"):
        reader_process.run("ingest", {}, settings)


def test_a_file_that_is_not_there(settings):
    with pytest.raises(NotFound, match="file must exist"):
        ingest("0123456789abcdef", "a.csv", settings)
    with pytest.raises(NotFound, match="data of this dataset must be stored here"):
        files.folder(settings, "../../etc")


def test_preview_says_how_it_was_read(settings, write):
    body = "".join(f"{n};{n},5\n" for n in range(100))
    shown = preview(write(f"a;b\n{body}1\n"), Reading(), settings, rows=3)
    assert shown.rows == [["0", "0.5"], ["1", "1.5"], ["2", "2.5"]]
    assert (shown.seen, shown.rejected, shown.complete) == (101, 1, True)
    assert (
        shown.sentences[0]
        == "Cells separated by semicolons, decimal comma, encoding utf-8, names in the first row."
    )
    assert (
        shown.sentences[1] == "1 of 101 rows cannot be read; the first is line 102: has 1 cells instead of 2."
    )
    assert [column.kind for column in shown.columns] == ["integer", "number"]


def test_preview_of_a_long_file_looks_at_its_head(settings, write):
    shown = preview(write("a\n" + "1\n" * 5000), Reading(), settings)
    assert (len(shown.rows), shown.seen, shown.complete) == (50, 1000, False)
    assert "first 1,000 rows" in shown.sentences[-1]


def test_preview_follows_the_choices(settings, write):
    path = write("a;b\n1,5;2\n")
    source = spool(io.BytesIO(path.read_bytes()), settings).name
    shown = preview(source, Reading(delimiter=",", header=False), settings)
    assert shown.rows == [["1", "5;2"]] or shown.rejected + len(shown.rows) == 2
    assert shown.reading.header is False
