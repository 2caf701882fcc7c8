import shutil
from pathlib import Path

import pytest

import clipviz
from clipviz.core.settings import Settings
from clipviz.datasets import files
from clipviz.runs import takeaway
from clipviz.ui import state
from clipviz.ui.takeaway import _example


def test_an_example_is_left_out_where_the_data_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIPVIZ_HOME", str(tmp_path / "home"))
    settings = Settings.from_environment()
    monkeypatch.setattr(state, "settings", lambda: settings)
    path = tmp_path / "a.csv"
    path.write_text("a,b,y\n" + "\n".join(f"{i},{'xy'[i % 2]},{2 * i}" for i in range(60)))
    outcome = clipviz.train(path, target="y", set={"training.epochs": 1}, device="cpu")
    run = clipviz.show(outcome.run).run
    model, dataset = takeaway.place(settings, run), files.dataset(settings, run.dataset)
    assert model is not None and _example(model, dataset) == {"a": 30, "b": "x"}
    assert "'a': [30, None]" in takeaway.use(None, _example(model, dataset))
    shutil.rmtree(settings.datasets / dataset.id)
    assert _example(model, dataset) == {}
    assert "two rows in which every value is missing" in takeaway.use(None, {})
