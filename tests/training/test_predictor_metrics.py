"""What a model that was taken away says of raw test rows has the very metrics that its run showed, for every model."""

import csv
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import clipviz
from clipviz.core.settings import Settings
from clipviz.core.table import Table
from clipviz.datasets import table as tables
from clipviz.facade import Outcome
from clipviz.training import evaluation
from clipviz.training.predictor import Predictor

ROWS = 90
FLIP = {"id": "flip"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLIPVIZ_HOME", str(tmp_path / "home"))
    return tmp_path


def trained(path: Path, target: str | None, changes: dict[str, Any]) -> tuple[Outcome, Predictor, Table]:
    """A short run, the model it left, and the rows it knew."""
    wanted = {"training.epochs": 1, "training.batch_size": 16, **changes}
    outcome = clipviz.train(path, target=target, set=wanted, device="cpu")
    assert outcome.state == "finished", outcome.reason
    settings, shown = Settings.from_environment(), clipviz.show(outcome.run)
    with clipviz.home.home() as (_, store):
        dataset = store.datasets.get(shown.run.dataset)
    table = tables.load(settings, dataset, shown.recipe)
    return outcome, clipviz.load(settings.runs / outcome.run / "model.safetensors"), table


def same(found: dict[str, float | None], shown: dict[str, float | None]) -> None:
    assert found.keys() == shown.keys()
    for name, value in found.items():
        assert value == pytest.approx(shown[name], rel=1e-5, abs=1e-6), name


def of_classes(model: Predictor, rows: Any, table: Table) -> dict[str, float | None]:
    return evaluation.classification(np.log(model.probabilities(rows)), table.target[table.test])


def pictures(folder: Path, channels: int) -> dict[bytes, np.ndarray]:
    """A zip of two classes of images 8 x 8; its pixels by their bytes."""
    draw, known = np.random.default_rng(1), {}
    with zipfile.ZipFile(folder / "halves.zip", "w") as archive:
        for number in range(ROWS):
            shape = (8, 8) if channels == 1 else (8, 8, 3)
            pixels = draw.integers(0, 200, shape, dtype=np.uint8)
            pixels[:, : 4 * (number % 2) or 2] += 40
            Image.fromarray(pixels).save(folder / "one.png")
            archive.write(folder / "one.png", f"{'left' if number % 2 else 'right'}/{number}.png")
            known[pixels.tobytes()] = pixels
    return known


@pytest.mark.parametrize(
    ("channels", "model"),
    [
        (1, {"model.id": "cnn", "model.norm": "batch", "augment": [FLIP, {"id": "erase"}]}),
        (3, {"model.id": "residual_cnn", "augment": [FLIP, {"id": "crop"}, {"id": "jitter"}]}),
    ],
)
def test_of_images_without_what_was_done_to_them_in_training(
    home: Path, channels: int, model: dict[str, Any]
) -> None:
    known = pictures(home, channels)
    clamp = {"inputs.default.id": "quantile"}
    outcome, taken, table = trained(home / "halves.zip", None, clamp | model)
    images = np.stack([known[np.asarray(row, dtype=np.uint8).tobytes()] for row in table.inputs[table.test]])
    same(of_classes(taken, images, table), outcome.metrics)


def columns(path: Path) -> dict[str, list[str]]:
    """Numbers with gaps and outliers, groups, prose; and a file of them."""
    draw = np.random.default_rng(0)
    made = {
        "area": [f"{value:.3f}" if value > -1 else "" for value in draw.standard_t(2, ROWS)],
        **{
            name: [f"{value:.3f}" for value in draw.standard_t(1.5, ROWS)]
            for name in ("rooms", "floors", "age")
        },
        "town": draw.choice(["north", "south", "east", ""], ROWS).tolist(),
        "said": [" ".join(draw.choice(["good", "bad", "very", "not", "film"], 4)) for _ in range(ROWS)],
        "price": [f"{value:.3f}" for value in draw.standard_t(2, ROWS)],
        "kind": draw.choice(["low", "high"], ROWS).tolist(),
    }
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(made)
        writer.writerows(zip(*made.values(), strict=True))
    return made


def test_of_numbers_behind_every_kind_of_clamp(home: Path) -> None:
    made = columns(home / "houses.csv")
    clamps = {
        "area": {"id": "sigma", "k": 1.0, "by": "town"},
        "rooms": {"id": "quantile", "lower": 0.1, "upper": 0.9, "indicators": True},
        "floors": {"id": "tukey", "action": "missing"},
        "age": {"id": "mad", "action": "soft"},
    }
    changes = {"inputs.columns": clamps, "target_clamp": {"id": "sigma", "k": 1.0}}
    outcome, taken, table = trained(home / "houses.csv", "price", changes)
    test = table.source_rows[table.test].tolist()
    said = taken.predict({name: [made[name][row] for row in test] for name in taken.columns})
    same(evaluation.regression(np.array(said), table.target[table.test]), outcome.metrics)


def test_of_prose(home: Path) -> None:
    made = columns(home / "houses.csv")
    changes = {"model.id": "lstm", "data.text.column": "said", "inputs.default.id": "tukey"}
    outcome, taken, table = trained(home / "houses.csv", "kind", changes)
    test = table.source_rows[table.test].tolist()
    rows = {name: [made[name][row] for row in test] for name in taken.columns}
    same(of_classes(taken, rows, table), outcome.metrics)
    text = clipviz.show(outcome.run).recipe.data.text
    assert text is not None
    assert text.length == 4, "as many words as the texts have, as in the form"
