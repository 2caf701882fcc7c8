"""A trained network as torch.export and ONNX, against what the taken model predicts."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch

import clipviz
from clipviz.core.away import INPUTS, MODEL, ONNX, PROGRAM
from clipviz.core.errors import TrainingFailed
from clipviz.core.recipe import Recipe
from clipviz.core.run import State
from clipviz.core.table import Table
from clipviz.training import programs
from clipviz.training.loop import train

from .conftest import Ear, classification, recipe
from .test_architectures import texts


def trained(table: Table, made: Recipe, folder: Path) -> Path:
    made = made.replace("training.epochs", 1)
    state, _ = train(made, table, Ear(), device="cpu", folder=folder)
    assert state is State.FINISHED
    return folder / MODEL


def bad_numbers() -> Table:
    table = classification()
    table.inputs[::7, 0] = np.nan
    table.inputs[1::7, 1] = np.inf
    table.inputs[2::7, 2] = 1e9
    return table


CLAMPS = {
    "x0": {"id": "sigma", "k": 1.0, "by": "colour"},
    "x1": {"id": "quantile", "indicators": True},
    "x2": {"id": "tukey", "action": "missing"},
    "x3": {"id": "mad", "action": "soft"},
}


@pytest.mark.parametrize(
    ("table", "made"),
    [
        (bad_numbers(), recipe(inputs__columns=CLAMPS, activation__id="learned_tanh")),
        (texts(), recipe(model__id="lstm", clips_at={"embedding": [{"id": "vector_norm"}]})),
    ],
    ids=["numbers", "prose"],
)
def test_they_say_of_raw_rows_what_the_network_says(table: Table, made: Recipe, tmp_path: Path) -> None:
    model = trained(table, made, tmp_path)
    assert programs.translate(model) == ""
    rows = table.inputs[table.test].astype(np.float64)
    names = [feature["name"] for feature in json.loads((tmp_path / INPUTS).read_text())["features"]]
    assert names == [feature.name for feature in table.features]
    network = clipviz.load(model)._network
    with torch.no_grad():
        expected = network(torch.from_numpy(rows))
        torch.testing.assert_close(
            torch.export.load(tmp_path / PROGRAM).module()(torch.from_numpy(rows)), expected
        )
    session = onnxruntime.InferenceSession(tmp_path / ONNX)
    for some in (rows, rows[:1]):
        (said,) = session.run(None, {"rows": some})
        np.testing.assert_allclose(said, expected.numpy()[: len(some)], rtol=1e-5, atol=1e-6)


def test_without_the_exporter_there_is_torch_export_and_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = trained(classification(), recipe(), tmp_path)
    monkeypatch.setattr(programs, "find_spec", lambda name: None)
    assert programs.translate(model).startswith("ONNX needs the package onnx and onnxscript: pip install")
    assert (tmp_path / PROGRAM).exists() and not (tmp_path / ONNX).exists()


def test_a_program_that_says_something_else_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = trained(classification(), recipe(), tmp_path)
    real: Any = torch.export.export

    def broken(network: Any, *given: Any, **named: Any) -> Any:
        with torch.no_grad():
            network.front.centre.add_(1)
        return real(network, *given, **named)

    monkeypatch.setattr(torch.export, "export", broken)
    with pytest.raises(TrainingFailed, match=r"torch\.export must say what the network says"):
        programs.translate(model)
    assert not (tmp_path / PROGRAM).exists()
