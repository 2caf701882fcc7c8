"""An upload stays as long as somebody may ask for it, and no longer."""

import os
import time

import pytest

from clipviz.core.errors import UnreadableFile
from clipviz.datasets import ingest, uploads

pytestmark = pytest.mark.usefixtures("in_process")


def aged(path):
    """The same upload, two days old."""
    os.utime(path, (time.time() - 2 * 24 * 3600,) * 2)
    return path


def test_the_upload_of_a_dataset_stays_until_that_is_deleted_for_good(settings, write):
    dataset = ingest.ingest(write("a,b\n1,2\n3,4\n"), "t.csv", settings)
    upload = aged(settings.uploads / dataset.source)
    assert uploads.clear(settings) == 0 and upload.exists()
    assert uploads.clear(settings, {dataset.id}) == 1 and not upload.exists()
    assert (settings.datasets / dataset.id / "data.parquet").exists()


def test_two_datasets_of_one_upload_keep_it_until_both_are_gone(settings, write):
    path = write("a,b\n1,2\n3,4\n")
    first = ingest.ingest(path, "t.csv", settings)
    second = ingest.ingest(path, "t.csv", settings, overrides={"a": "category"})
    aged(settings.uploads / first.source)
    assert first.source == second.source
    assert uploads.clear(settings, {first.id}) == 0
    assert uploads.clear(settings, {first.id, second.id}) == 1


def test_one_that_was_refused_stays_for_a_day(settings, write):
    kept = ingest.keep(write(b"\x00\x01\x02" * 50, "t.xlsx"), settings)
    with pytest.raises(UnreadableFile):
        ingest.ingest(kept, "t.xlsx", settings)
    assert uploads.clear(settings) == 0 and kept.exists()
    aged(kept)
    assert uploads.clear(settings, busy={kept.name}) == 0 and kept.exists()
    assert uploads.clear(settings) == 1 and not kept.exists()


def test_nothing_else_in_the_folder_is_touched_and_none_is_needed(settings):
    assert uploads.clear(settings) == 0
    settings.uploads.mkdir(parents=True)
    other = settings.uploads / "notes.txt"
    other.write_text("mine")
    aged(other)
    assert uploads.clear(settings) == 0 and other.exists()


def test_one_that_is_read_again_elsewhere_stays_for_another_day(settings, write):
    kept = aged(ingest.keep(write("a,b\n1,2\n3,4\n"), settings))
    assert ingest.keep(kept, settings) == kept
    assert uploads.clear(settings) == 0 and kept.exists()


@pytest.mark.parametrize("record", ['{"id":', "{}", "[]"])
def test_beside_a_damaged_record_all_stay(settings, write, record):
    kept = aged(ingest.keep(write("a,b\n1,2\n3,4\n"), settings))
    damaged = settings.datasets / "0123456789abcdef"
    damaged.mkdir(parents=True)
    (damaged / "dataset.json").write_text(record)
    assert uploads.clear(settings) == 0 and kept.exists()
