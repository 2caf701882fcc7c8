"""The model is taken away by hand, with its programs, and predicts where there is nothing but torch."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

import clipviz
from clipviz.core.settings import Settings
from clipviz.datasets import samples
from tests.browser.conftest import ROOT, Dashboard, Person
from tests.browser.test_journey import settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
BARE = "import sys\nsys.modules.update(dict.fromkeys({ABSENT}, None))\n"
ABSENT = {
    "alembic", "altair", "duckdb", "fastexcel", "filelock", "pandas", "PIL", "plotly", "psutil", "pyarrow",
    "python_calamine", "scipy", "sklearn", "sqlalchemy", "streamlit", "typer",
}  # fmt: skip


def alone(code: str, folder: Path) -> str:
    """What Python prints that has torch, numpy, pydantic and safetensors (and onnxruntime), run in a folder."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BARE.replace("{ABSENT}", repr(ABSENT)) + code],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_download_predicts_without_the_dashboard(
    dashboard: Dashboard, people: "list[Person]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIPVIZ_HOME", str(dashboard.home))
    spikes = samples.load("spikes", Settings(home=dashboard.home), "Ada").id
    outcome = clipviz.train(spikes, set={"training.epochs": 2, "inputs.default.id": "tukey"}, device="cpu")
    page = people[0].page
    page.goto(f"{dashboard.url}/train?run={outcome.run}")
    settled(page)
    page.get_by_role("button", name="Add ONNX and torch.export").click()
    expect(page.get_by_text("With ONNX and torch.export")).to_be_visible(timeout=120_000)
    with page.expect_download() as arrived:
        page.get_by_role("button", name="Download the model").click()
    arrived.value.save_as(tmp_path / "away.zip")

    with zipfile.ZipFile(tmp_path / "away.zip") as archive:
        archive.extractall(tmp_path / "away")
    names = {path.name for path in (tmp_path / "away").iterdir()}
    assert names == {
        "model.safetensors", "model.pt2", "model.onnx", "inputs.json", "reading.json", "recipe.json", "result.json",
        "README.md",
    }  # fmt: skip
    plain, onnx = (tmp_path / "away" / "README.md").read_text().split("```python\n")[1:]
    columns, said = alone(plain.split("```")[0], tmp_path / "away").splitlines()
    wanted = json.loads((tmp_path / "away" / "inputs.json").read_text())
    assert columns == str(tuple(each["name"] for each in wanted["features"]))
    assert len(json.loads(said)) == 2
    assert len(alone(onnx.split("```")[0], tmp_path / "away").strip("[]\n").split()) == 2
