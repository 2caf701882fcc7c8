"""Damaged files of images are read or refused in words, whatever byte is wrong; nothing else is ever raised."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as configured
from hypothesis import strategies as st

from clipviz.core.dataset import Reading
from clipviz.core.errors import ClipvizError
from clipviz.core.settings import Settings
from clipviz.datasets.ingest import ingest
from tests.datasets.zoo.image_specimens import SPECIMENS

pytestmark = pytest.mark.usefixtures("in_process")

WHOLE = {
    specimen.id: specimen
    for specimen in SPECIMENS
    if specimen.rows is not None and specimen.id not in ("large photographs",)
}


@configured(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(WHOLE)), st.integers(0, 2**32), st.integers(1, 20), st.booleans())
def test_wrong_bytes(tmp_path_factory, id: str, seed: int, wrong: int, cut: bool) -> None:
    content = bytearray(WHOLE[id].make())
    random = np.random.default_rng(seed)
    for place in random.integers(0, len(content), wrong):
        content[place] = random.integers(0, 256)
    if cut:
        del content[int(random.integers(1, len(content))) :]
    home = Path(tmp_path_factory.mktemp("home"))
    path = home / WHOLE[id].name
    path.write_bytes(bytes(content))
    try:
        dataset = ingest(path, path.name, Settings(home=home), WHOLE[id].reading)
    except ClipvizError as error:
        assert error.rule and error.remedy
    else:
        assert dataset.rows >= 1


@pytest.mark.parametrize("size", [3, 4, 7, 8, 12, 64])
@pytest.mark.parametrize(
    "start", [b"\0\0\x08\x03", b"\x93NUMPY\x01\0", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\x1f\x8b\x08\0"]
)
def test_short_files_with_a_known_mark(settings, write, start: bytes, size: int) -> None:
    with pytest.raises(ClipvizError):
        ingest(write((start + bytes(64))[:size], "x.bin"), "x.bin", settings, Reading())
