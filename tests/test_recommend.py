"""The command that searches the catalogue, on data whose answer was planted."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import clipviz
from clipviz.cli import app
from clipviz.core.errors import InvalidRecipe
from clipviz.home import home
from clipviz.runs.sweeps import catalogue, search


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two policies a family, few seeds."""
    some = {"inputs": ["tukey", "mad"], "activation": ["fixed"], "gradient": ["global_norm"]}
    monkeypatch.setattr(catalogue, "_likely", some.__getitem__)
    monkeypatch.setattr(search, "MOST_SEEDS", 3)
    monkeypatch.setattr(search, "MOST_FRESH", 9)
    monkeypatch.setenv("CLIPVIZ_HOME", str(tmp_path / "home"))


def test_where_clamping_helps_it_says_so_and_names_the_family(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    inputs = generator.uniform(-1, 1, 300)
    target = np.sin(3 * inputs)
    inputs[generator.uniform(size=300) < 0.03] *= 1000
    table = tmp_path / "errors.csv"
    np.savetxt(table, np.column_stack([inputs, target]), delimiter=",", header="x,y", comments="", fmt="%.6f")
    fields = ("training.epochs=25", "training.batch_size=32", "optimiser.learning_rate=0.02")
    words = ["recommend", str(table), "--target", "y", "--minutes", "60", "--device", "cpu"]
    said = CliRunner().invoke(app, [*words, *(word for each in fields for word in ("--set", each)), "--json"])
    assert said.exit_code == 0, said.output
    document = json.loads(said.stdout)
    found = document["recommendation"]
    assert found["helps"] and found["settled"] and "input clamp" in found["families"]
    assert found["arm"].startswith(("Tukey fences", "Median ± k MAD")) and found["sentence"].startswith(
        "Take "
    )
    assert found["recipe"]["inputs"]["default"]["id"] in ("tukey", "mad") and found["skipped"] == []
    assert document["rounds"][0]["stage"] == "pilot"
    assert document["rounds"][-1]["stage"] == "confirm" and set(document["states"]) == {"finished"}
    fresh = document["rounds"][-1]["seeds"]
    head = document["verdict"]["comparisons"][document["verdict"]["headline"]]
    assert head["relation"] == "better" and head["seeds"] == fresh and head["p_holm"] <= 0.05


def test_where_nothing_can_help_it_says_so_in_a_terminal_and_a_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        catalogue, "_likely", {"inputs": [], "activation": [], "gradient": ["value"]}.__getitem__
    )
    monkeypatch.setattr(catalogue, "TARGET", ())
    inputs = np.random.default_rng(0).uniform(-1, 1, 100)
    table = tmp_path / "line.csv"
    np.savetxt(table, np.column_stack([inputs, inputs]), delimiter=",", header="x,y", comments="", fmt="%.6f")
    reading = tmp_path / "reading.json"
    reading.write_text('{"missing": ["-9"]}')
    short = ("--set", "training.epochs=2", "--device", "cpu", "--minutes", "30", "--reading", str(reading))
    said = CliRunner().invoke(app, ["recommend", str(table), "--target", "y", *short])
    assert said.exit_code == 0, said.output
    assert "Nothing beats no clipping here: of 2 policies" in said.stdout or "\nTake " in said.stdout
    assert "recipe to train:" in said.stdout and "one arm of each family" in said.stdout
    with home() as (_, store):
        assert [each.reading.missing for each in store.datasets.list()] == [("-9",)]
    with pytest.raises(InvalidRecipe, match="at least 10 seconds"):
        clipviz.recommend(table, "y", minutes=0.1)


def test_a_sweep_halves_in_a_terminal(tmp_path: Path) -> None:
    inputs = np.random.default_rng(0).uniform(-1, 1, 100)
    table = tmp_path / "line.csv"
    np.savetxt(table, np.column_stack([inputs, inputs]), delimiter=",", header="x,y", comments="", fmt="%.6f")
    words = [
        "sweep",
        str(table),
        "--target",
        "y",
        "--set",
        "training.epochs=1",
        "--device",
        "cpu",
        "--halving",
    ]
    said = CliRunner().invoke(
        app, [*words, "--seeds", "4", "--vary", "gradient.max_norm=0.01,0.1,1", "--set", "activation.id=none"]
    )
    assert said.exit_code == 0, said.output
    assert "1 arms over 4 seeds: after 3 seeds the better 1 of 3 go on" in said.stdout
    assert "Left early, so that nothing is claimed of them" in said.stdout
    wrong = CliRunner().invoke(app, [*words, "--seeds", "3"])
    assert wrong.exit_code == 2 and "Halving cuts for the first time after 3 seeds" in wrong.stderr


def test_a_metric_that_no_run_will_have_is_refused_before_anything_is_trained(tmp_path: Path) -> None:
    table = tmp_path / "line.csv"
    np.savetxt(table, np.random.default_rng(0).normal(size=(40, 2)), delimiter=",", header="x,y", comments="")
    for verb in (clipviz.recommend, clipviz.sweep):
        with pytest.raises(
            InvalidRecipe, match="The metric of a regression must be one of mae, rmse, r2; rec"
        ):
            verb(table, target="y", metric="accuracy", device="cpu")
    with home() as (_, store):
        assert store.runs.list(include_sweeps=True) == []
