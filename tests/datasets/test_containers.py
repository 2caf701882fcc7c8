"""A table in an archive is found; of several, the one that was asked for."""

import gzip
import io
import zipfile

import pytest

from clipviz.core.dataset import Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import archives, compressed, jobs
from clipviz.datasets.containers import unwrap
from clipviz.datasets.formats.delimited import Delimited
from clipviz.datasets.ingest import ingest, preview
from tests.datasets.zoo.packed import tarred


def zipped(**members: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return whole.getvalue()


def test_any_other_file_is_left_as_it_is(write, tmp_path):
    path = write("a,b\n1,2\n")
    found = unwrap(path, "a.csv", Reading(), tmp_path)
    assert (found.path, found.name, found.member, found.scratch) == (path, "a.csv", None, None)


def test_the_largest_table_or_the_one_that_is_asked_for(write, tmp_path):
    path = write(zipped(a_csv=b"x\n1\n", b_csv=b"x,y\n1,2\n", c_md=b"n" * 99), "z.zip")
    found = unwrap(path, "z.zip", Reading(), tmp_path)
    assert (found.member, found.choices) == ("b.csv", {"member": ["a.csv", "b.csv"]})
    assert found.path.read_bytes() == b"x,y\n1,2\n"
    found.clear()
    assert not found.path.exists()
    assert unwrap(path, "z.zip", Reading(member="a.csv"), tmp_path).path.read_bytes() == b"x\n1\n"
    with pytest.raises(
        UnreadableFile, match=r"must be one of the archive; received 'q'\. Pick one of a\.csv, b\.csv"
    ):
        unwrap(path, "z.zip", Reading(member="q"), tmp_path)


def test_members_are_part_of_what_a_dataset_is(settings, write, in_process):
    path = write(zipped(a_csv=b"x\n1\n2\n", b_csv=b"x,y\n1,2\n3,4\n5,6\n"), "z.zip")
    one, two = ingest(path, "z.zip", settings), ingest(path, "z.zip", settings, Reading(member="a.csv"))
    assert (one.rows, two.rows) == (3, 2) and one.id != two.id
    shown = preview(one.source, one.reading, settings, name="z.zip")
    assert shown.choices == {"member": ["a.csv", "b.csv"]}
    assert {
        path.name for path in (settings.datasets / one.id).iterdir() if path.name.startswith(".")
    } == set()


def test_a_compressed_file_keeps_the_name_inside(write, tmp_path):
    found = unwrap(write(gzip.compress(b"a\n1\n"), "up"), "T.CSV.gz", Reading(), tmp_path)
    assert (found.name, found.notes) == ("T.CSV", ("The file is compressed (gzip).",))


@pytest.mark.parametrize("name", ["t.csv.gz", "t.zip", "t.tar.gz"])
def test_a_preview_unpacks_no_more_of_a_text_than_it_looks_at(settings, write, monkeypatch, in_process, name):
    text = b"x,y\n" + b"".join(b"%d,%d\n" % (n, n % 3) for n in range(40_000))
    inside = tarred({"t.csv": text}) if "tar" in name else text
    path = write(zipped(t_csv=text) if name == "t.zip" else gzip.compress(inside), name)
    monkeypatch.setattr(jobs, "PREVIEWED", 20_000)
    monkeypatch.setattr(compressed, "BLOCK", 8_000)
    monkeypatch.setattr(archives, "BLOCK", 8_000)
    sizes = []
    read = Delimited.preview
    monkeypatch.setattr(
        Delimited,
        "preview",
        lambda self, path, *rest: (sizes.append(path.stat().st_size), read(self, path, *rest))[1],
    )
    seen = preview(path, Reading(), settings, name=name)
    assert 10_000 < sizes[0] < 30_000 and not seen.complete and seen.rejected == 0
    assert ingest(path, name, settings).rows == 40_000
