"""Every architecture, trained: it learns what is planted, resumes to the bit, and loads to what it was."""

from pathlib import Path

import numpy as np
import pytest
import torch

from clipviz.core.recipe import Choice, Data, Recipe
from clipviz.core.regime import Stopping, Training
from clipviz.core.run import State
from clipviz.core.table import Feature, Table
from clipviz.training import network
from clipviz.training.ending import MODEL
from clipviz.training.loop import train
from tests.training.conftest import Ear, parts


def images(rows: int = 240) -> Table:
    """Grey images 8x8; the class is the half that is brighter."""
    generator = np.random.default_rng(0)
    target = generator.integers(0, 2, rows).astype(np.float64)
    pixels = generator.integers(0, 200, (rows, 8, 8))
    pixels[target == 0, :, :4] += 55
    pixels[target == 1, :, 4:] += 55
    features = tuple(Feature(f"pixel {place // 8},{place % 8}") for place in range(64))
    inputs = pixels.reshape(rows, 64).astype(np.uint8)
    split = parts(rows)
    return Table(
        features,
        inputs,
        target,
        "label",
        "classification",
        ("left", "right"),
        *split,
        np.arange(rows),
        image=(8, 8, 1),
    )


def texts(rows: int = 240, length: int = 6) -> Table:
    """Ids of words; the class is whether word 2 comes anywhere."""
    generator = np.random.default_rng(0)
    ids = generator.integers(3, 9, (rows, length)).astype(np.float64)
    target = generator.integers(0, 2, rows).astype(np.float64)
    ids[target == 1, generator.integers(0, length, int(target.sum()))] = 2
    features = tuple(Feature(f"t: word {place}", token=True) for place in range(1, length + 1))
    words = tuple("abcdefg")
    split = parts(rows)
    return Table(
        features, ids, target, "y", "classification", ("no", "yes"), *split, np.arange(rows), words=words
    )


MODELS = {
    "cnn": (images, Choice.of("cnn", channels=(4, 8), norm="batch", dropout=0.1)),
    "residual_cnn": (images, Choice.of("residual_cnn", width=4, stages=2)),
    "lstm": (texts, Choice.of("lstm", embedding=8, hidden=16)),
    "mlp": (images, Choice.of("mlp", widths=(16, 16), norm="batch", residual=True)),
}


def recipe(model: Choice) -> Recipe:
    return Recipe(
        data=Data(dataset="0" * 16, target="label"),
        model=model,
        optimiser=Choice.of("adam", learning_rate=0.01),
        training=Training(epochs=25, batch_size=32),
        stopping=Stopping(patience=0),
    )


@pytest.fixture(params=MODELS)
def case(request: pytest.FixtureRequest) -> tuple[Table, Recipe]:
    made, model = MODELS[request.param]
    return made(), recipe(model)


def test_it_learns_and_a_paused_run_ends_with_the_very_bits(
    case: tuple[Table, Recipe], tmp_path: Path
) -> None:
    table, made = case
    state, whole = train(made, table, Ear(), device="cpu", folder=tmp_path / "whole", flush_seconds=0.0)
    assert state is State.FINISHED and whole is not None
    assert whole.metrics["accuracy"] is not None and whole.metrics["accuracy"] > 0.85
    once = Ear(lambda flushes: "pause" if flushes == 70 else "run")
    folder = tmp_path / "parts"
    assert train(made, table, once, device="cpu", folder=folder, flush_seconds=0.0) == (State.PAUSED, None)
    _, ended = train(made, table, Ear(), device="cpu", folder=folder)
    assert ended is not None
    assert ended.model_dump(exclude={"seconds"}) == whole.model_dump(exclude={"seconds"})
    assert (folder / MODEL).read_bytes() == (tmp_path / "whole" / MODEL).read_bytes()
    loaded = network.load(folder / MODEL)
    said = loaded(torch.from_numpy(table.inputs[table.test].astype(np.float64))).argmax(dim=1).numpy()
    assert (said == table.target[table.test]).mean() == pytest.approx(whole.metrics["accuracy"])
