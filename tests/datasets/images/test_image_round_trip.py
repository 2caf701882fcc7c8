"""Random images, written in every format, come back the same."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as configured
from hypothesis import strategies as st
from PIL import Image

from clipviz.core.dataset import ImageReading, Reading
from clipviz.core.settings import Settings
from clipviz.datasets import files
from clipviz.datasets.ingest import ingest
from tests.datasets.zoo.image_specimens import idx, npz, table, zipped

pytestmark = pytest.mark.usefixtures("in_process")


def as_idx(images: np.ndarray, labels: np.ndarray) -> bytes:
    kind = {"uint8": (images, 8), "uint16": (images.astype(">i4"), 12)}[str(images.dtype)]
    return zipped({"images": idx(*kind), "labels": idx(labels)})


def as_npz(images: np.ndarray, labels: np.ndarray) -> bytes:
    return npz(images=images, labels=labels)


def as_table(images: np.ndarray, labels: np.ndarray) -> bytes:
    return table(np.column_stack([labels, images.reshape(len(images), -1)]))


def as_files(images: np.ndarray, labels: np.ndarray) -> bytes:
    members = {}
    for place, (image, label) in enumerate(zip(images, labels, strict=True)):
        stream = io.BytesIO()
        Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image).save(stream, "PNG")
        members[f"class {label}/{place:03d}.png"] = stream.getvalue()
    return zipped(dict(sorted(members.items())))


@st.composite
def piles(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    count, side = draw(st.integers(2, 12)), draw(st.integers(7, 12))
    channels, bits = draw(st.sampled_from([(1, 8), (3, 8), (1, 16)]))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    images = random.integers(0, 2**bits, (count, side, side, channels)).astype(f"u{bits // 8}")
    images[:, 0, 0] = 2**bits - 1  # so that the depth shows
    images[:, 0, 1] = np.arange(channels) * 50  # and the colour
    labels = random.integers(0, 2, count).astype(np.uint8)
    labels[:2] = 0, 1
    return images, labels


@configured(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(piles(), st.sampled_from([as_idx, as_npz, as_table, as_files]))
def test_images_come_back(tmp_path_factory, pile, write) -> None:
    images, labels = pile
    home = tmp_path_factory.mktemp("home")
    path = home / "pile"
    path.write_bytes(write(images, labels))
    how = Reading()
    if write is as_table:
        shape = "x".join(str(side) for side in images.shape[1:])
        how = Reading(format="pixel_table", header=False, images=ImageReading(shape=shape, label="first"))
    settings = Settings(home=home)
    dataset = ingest(path, "pile", settings, how)
    found = files.pixels(settings, dataset.id)
    expected, names = images, [str(label) for label in labels]
    if write is as_files:
        order = sorted(range(len(labels)), key=lambda at: f"class {labels[at]}/{at:03d}")
        expected, names = images[order], [f"class {labels[at]}" for at in order]
    assert dataset.rejected == 0
    assert found.dtype == expected.dtype and (found == expected).all()
    assert files.frame(settings, dataset.id, ["label"])["label"].tolist() == names


def test_the_same_zip_in_another_packing_gives_the_same_pixels(settings, tmp_path) -> None:
    images, labels = np.zeros((4, 8, 8, 1), np.uint8), np.array([0, 1, 0, 1], np.uint8)
    images[:, 3] = np.arange(4)[:, None, None]
    pixels = []
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        path = tmp_path / str(packing)
        path.write_bytes(zipped({"images": idx(images), "labels": idx(labels)}, packing))
        pixels.append(files.pixels(settings, ingest(path, "a.zip", settings).id))
    assert (pixels[0] == pixels[1]).all()
