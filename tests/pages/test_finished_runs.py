"""The Train page of runs that have ended, by task."""

import numpy as np
import pytest

from clipviz.core.dataset import Dataset
from clipviz.core.recipe import Recipe
from clipviz.core.run import Run
from clipviz.datasets.ingest import ingest
from clipviz.runs.foreground import train_here
from tests.datasets.zoo.image_specimens import npz
from tests.pages.conftest import words

HOSTILE = "![x](http://example.com) **a**"


@pytest.fixture
def rows(home, store, tmp_path) -> Dataset:
    """120 rows whose column names and classes are markdown."""
    random = np.random.default_rng(0)
    values = random.normal(size=(120, 2))
    values[::20, 0] = 50
    kinds = np.where(values[:, 1] > 0, HOSTILE, "<b>plain</b>")
    lines = [f'{a:.3f},{b:.3f},"{kind}",{3 * b:.3f}' for (a, b), kind in zip(values, kinds, strict=True)]
    path = tmp_path / "rows.csv"
    path.write_text("\n".join([f"{HOSTILE},b,kind,y", *lines]), encoding="utf-8")
    return store.datasets.add(ingest(path, "rows.csv", home, who="Ada"))


def trained(home, store, dataset: Dataset, target: str, **changes: object) -> Run:
    recipe = Recipe.parse({"data": {"dataset": dataset.id, "target": target}, "training": {"epochs": 2}})
    for path, value in changes.items():
        recipe = recipe.replace(path.replace("__", "."), value)
    run = train_here(store, home, store.recipes.add(recipe, "r", "Ada").id, "done", "Ada")
    assert run.state == "finished", run.reason
    return run


def table_with(app, column: str):
    return next(each.value for each in app.dataframe if column in each.value.columns)


def test_a_regression_shows_its_worst_rows_and_clamped_ones_apart(
    page, home, store, rows, monkeypatch
) -> None:
    monkeypatch.setattr("clipviz.training.result._ruled", lambda *_: ["One row rules."])
    run = trained(home, store, rows, "y", inputs__default={"id": "tukey"})
    app = page("train", run=run.id)
    assert not app.exception
    said = words(app)
    assert "Where it is right and wrong" in said and "with an input beyond its bounds" in said
    assert HOSTILE not in said
    assert any("One row rules" in each.value for each in app.warning)
    worst = table_with(app, "predicted")
    assert worst.columns[:5].tolist() == ["row", "true", "predicted", "error", "clamped"]
    assert len(worst) == 18 and set(worst["clamped"]) == {"", "yes"}
    apart = next(
        each.value for each in app.dataframe if any("untouched" in str(name) for name in each.value.index)
    )
    assert apart.columns.tolist() == ["MAE", "RMSE", "R²"]


def test_a_classification_shows_the_rows_it_takes_for_another_class(page, home, store, rows) -> None:
    run = trained(home, store, rows, "kind")
    app = page("train", run=run.id)
    assert not app.exception
    assert "no input clamp touched any of them" in words(app) and HOSTILE not in words(app)
    assert {"health", "metrics"} <= run.result.keys()


def test_images_taken_for_another_class_are_shown(page, home, store, tmp_path) -> None:
    random = np.random.default_rng(5)
    path = tmp_path / "noise.npz"
    path.write_bytes(
        npz(images=random.integers(0, 255, (60, 8, 8)).astype(np.uint8), labels=np.arange(60) % 3)
    )
    dataset = store.datasets.add(ingest(path, "noise.npz", home, who="Ada"))
    app = page("train", run=trained(home, store, dataset, "label").id)
    assert not app.exception
    assert "taken for" in str([each.proto for each in app.get("image")])


def test_histograms_are_read_when_they_are_opened(page, home, store, rows) -> None:
    run = trained(home, store, rows, "y")
    app = page("train", run=run.id)
    assert not any(each.label == "Layer" for each in app.selectbox)
    app.session_state[f"histograms:{run.id}"] = True
    app.run()
    assert not app.exception
    assert next(each for each in app.selectbox if each.label == "Layer").options[:2] == ["layer 1", "layer 2"]


def test_a_run_whose_folder_is_gone_is_shown_without(page, home, store, rows) -> None:
    run = trained(home, store, rows, "y")
    (home.runs / run.id / "inspection.json").write_text("{", encoding="utf-8")
    app = page("train", run=run.id)
    assert not app.exception and "Where it is right" not in words(app)
