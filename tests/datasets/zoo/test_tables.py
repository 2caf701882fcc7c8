"""Every specimen is read, or refused in a sentence; what is read and what is rejected adds up."""

import re

import pytest

from clipviz.core.dataset import Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import files
from clipviz.datasets.ingest import ingest, preview
from tests.datasets.zoo import exports, packed, text_tables, typed_files, workbooks
from tests.datasets.zoo.specimen import Specimen

ZOO = [each for part in (text_tables, exports, workbooks, packed, typed_files) for each in part.specimens()]


def test_the_zoo_is_large_and_told_apart():
    assert len(ZOO) >= 110
    assert len({str(each) for each in ZOO}) == len(ZOO)


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("each", ZOO, ids=str)
def test_specimen(each: Specimen, settings, write):
    path = write(each.content, "upload")
    if each.says:
        for attempt in (
            lambda: ingest(path, each.file, settings),
            lambda: preview(path, Reading(), settings, name=each.file),
        ):
            with pytest.raises(UnreadableFile, match=f"(?s){each.says}") as caught:
                attempt()
            assert caught.value.remedy, "a refusal needs a remedy"
        assert not list(settings.datasets.glob("*")), "nothing half is left"
        return
    dataset = ingest(path, each.file, settings)
    assert (dataset.rows, dataset.rejected) == (each.rows, each.rejected)
    found = {column.name: column.kind for column in dataset.columns}
    assert each.kinds.items() <= found.items(), found
    if each.first:
        assert files.frame(settings, dataset.id, list(each.first), [0]).iloc[0].to_dict() == each.first
    rejected = files.rejected(settings, dataset.id)
    assert len(rejected) == each.rejected and all(row.line and row.reason for row in rejected)
    if each.reason:
        assert re.search(each.reason, rejected[0].reason), rejected[0].reason
    notes = files.notes(settings, dataset.id)
    assert not each.note or any(re.search(re.escape(each.note), note) for note in notes), notes
    shown = preview(path, Reading(), settings, name=each.file)
    assert shown.sentences and shown.rows
    assert ingest(path, each.file, settings, dataset.reading).id == dataset.id, "the reading reads it again"


def test_a_line_of_200_mb_is_refused_in_its_own_process(settings, tmp_path):
    path = tmp_path / "line.csv"
    with path.open("wb") as stream:
        for _ in range(200):
            stream.write(b"x" * 1_000_000)
    with pytest.raises(UnreadableFile, match=r"longer than 2,000,000 characters|MB of memory"):
        ingest(path, "line.csv", settings)
    assert list(settings.datasets.iterdir()) == []


def test_formula_cells_are_neutral_in_every_download(settings, write, in_process):
    dataset = ingest(write("x,y\n" + "1,2\n" * 20 + '"=cmd()",1,2\n@x,1,2\n'), "a.csv", settings)
    text = files.rejected_csv(settings, dataset.id).decode("utf-8-sig")
    assert dataset.rejected == 2
    assert not re.search(r"(?m)(^|,)\"?[=@]", text)
