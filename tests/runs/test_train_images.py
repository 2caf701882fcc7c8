"""A network trains on images, from the files as they are to the test accuracy."""

import gzip
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

import clipviz
from tests.datasets.zoo.image_specimens import image


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIPVIZ_HOME", str(tmp_path / "home"))


def first(path: Path, count: int) -> bytes:
    """The first entries of an IDX file, as an IDX file."""
    whole = gzip.decompress(path.read_bytes())
    sides = struct.unpack_from(f">{whole[3]}I", whole, 4)
    start, one = 4 + 4 * whole[3], int(np.prod(sides[1:], dtype=int))
    return whole[:4] + struct.pack(f">{whole[3]}I", count, *sides[1:]) + whole[start : start + count * one]


def test_digits_of_mnist_are_told_apart(real_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "mnist.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("mnist_t10k-images-idx3-ubyte.gz", "mnist_t10k-labels-idx1-ubyte.gz"):
            archive.writestr(name.removesuffix(".gz"), first(real_data / name, 2000))
    outcome = clipviz.train(path, set={"training.epochs": 5, "inputs.default.id": "sigma"}, seed=1)
    assert outcome.state == "finished", outcome.reason
    assert outcome.metrics["accuracy"] > 0.75 > 3 * outcome.baseline["accuracy"]


def test_a_folder_of_images_trains_from_its_path(tmp_path: Path) -> None:
    for label, shade in (("dark", 20), ("light", 220)):
        (tmp_path / "pile" / label).mkdir(parents=True)
        for place in range(20):
            content = image(fill=shade + place % 5)
            (tmp_path / "pile" / label / f"{place}.png").write_bytes(content)
    outcome = clipviz.train(tmp_path / "pile", set={"training.epochs": 40})
    assert outcome.state == "finished", outcome.reason
    assert outcome.metrics["accuracy"] == 1.0


def test_a_measured_label_is_a_regression(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    rows = ["file,brightness"]
    with zipfile.ZipFile(tmp_path / "lamps.zip", "w") as archive:
        for place in range(120):
            shade = int(random.integers(0, 200))
            archive.writestr(f"{place}.png", image(fill=shade))
            rows.append(f"{place}.png,{shade / 200 + 0.001:.4f}")
        archive.writestr("lamps.csv", "\n".join(rows))
    outcome = clipviz.train(tmp_path / "lamps.zip", set={"training.epochs": 60})
    assert outcome.state == "finished", outcome.reason
    assert outcome.metrics["mae"] < outcome.baseline["mae"] / 3
