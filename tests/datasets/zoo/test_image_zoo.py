"""Every specimen of the zoo of images is read or refused, in words, with counts that add up."""

import re

import pytest

from clipviz.core.dataset import Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets import files
from clipviz.datasets.ingest import ingest, preview
from tests.datasets.zoo.image_specimens import SPECIMENS, Specimen

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.id)
def test_a_pile_of_images(settings, tmp_path, specimen: Specimen) -> None:
    path = tmp_path / specimen.name
    path.write_bytes(specimen.make())
    if specimen.rows is None:
        with pytest.raises(UnreadableFile) as refused:
            ingest(path, specimen.name, settings, specimen.reading)
        assert re.search(specimen.says, str(refused.value)), refused.value
        assert refused.value.remedy
        assert not list(settings.datasets.glob("*"))
        return
    dataset = ingest(path, specimen.name, settings, specimen.reading)
    assert (dataset.kind, dataset.rows, dataset.rejected) == ("images", specimen.rows, specimen.rejected)
    known, rejected = files.images(settings, dataset.id), files.rejected(settings, dataset.id)
    pixels = files.pixels(settings, dataset.id)
    assert pixels.shape == (dataset.rows, dataset.image.height, dataset.image.width, dataset.image.channels)
    assert specimen.shape in ("", str(dataset.image)) and len(rejected) == specimen.rejected
    told = "\n".join([*known.notes, *(row.reason for row in rejected)])
    assert re.search(specimen.says, told, re.DOTALL), told
    for channel in known.channels:
        assert sum(channel.histogram.counts) == pixels.size // len(known.channels)
    assert sum(count for _, count in known.classes) == dataset.rows
    again = ingest(path, "again", settings, dataset.reading)
    assert again.id == dataset.id
    seen = preview(path, dataset.reading, settings, name=specimen.name)
    assert seen.rows and seen.rows[0][0].startswith("data:image/png;base64,")


def test_the_zoo_is_as_large_as_it_claims() -> None:
    assert len(SPECIMENS) >= 70
    assert len({specimen.id for specimen in SPECIMENS}) == len(SPECIMENS)


def test_a_table_of_pixels_stays_a_table_until_somebody_chooses(settings, write) -> None:
    assert ingest(write("1,2\n3,4\n"), "x.csv", settings, Reading()).kind == "table"
