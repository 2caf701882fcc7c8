"""A model that was taken away, against the network that was trained."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import clipviz
from clipviz.core.dataset import Reading
from clipviz.core.errors import InvalidRecipe, TrainingFailed, UnreadableFile
from clipviz.core.inspection import FILE, Inspection
from clipviz.core.settings import Settings
from clipviz.datasets import files
from clipviz.runs import takeaway
from clipviz.runs.example_row import example_row
from clipviz.training.predictor import _code

ROWS = 120


@pytest.fixture
def columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Numbers with gaps, categories, dates and prose, as a file has them."""
    monkeypatch.setenv("CLIPVIZ_HOME", str(tmp_path / "home"))
    draw = np.random.default_rng(0)
    made = {
        "area": [f"{value:.3f}" if value > -1 else "" for value in draw.standard_t(2, ROWS)],
        "town": draw.choice(["north", "south", "east"], ROWS).tolist(),
        "day": [str(np.datetime64("2020-01-05") + int(days)) for days in draw.integers(0, 900, ROWS)],
        "said": [" ".join(draw.choice(["good", "bad", "very", "not", "film"], 4)) for _ in range(ROWS)],
        "price": [f"{value:.3f}" for value in draw.normal(size=ROWS)],
        "kind": draw.choice(["low", "high"], ROWS).tolist(),
    }
    with (tmp_path / "houses.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(made)
        writer.writerows(zip(*made.values(), strict=True))
    return made


@pytest.mark.parametrize(
    ("target", "changes"),
    [
        ("price", {"inputs.default.id": "sigma", "inputs.default.k": 1.5}),
        ("kind", {"model.id": "lstm", "data.text.column": "said"}),
    ],
)
def test_it_says_of_raw_rows_what_the_run_said(
    tmp_path: Path, columns: dict[str, list[str]], target: str, changes: dict[str, object]
) -> None:
    wanted = {"training.epochs": 2, **changes}
    outcome = clipviz.train(tmp_path / "houses.csv", target=target, set=wanted, device="cpu")
    assert outcome.state == "finished", outcome.reason
    folder = Settings.from_environment().runs / outcome.run
    found = Inspection.model_validate_json((folder / FILE).read_bytes())
    model = clipviz.load(folder / "model.safetensors")
    assert {"area", "town", "day"} <= set(model.columns) and target not in model.columns
    said = model.predict({name: columns[name] for name in model.columns})
    assert len(said) == ROWS and len(found.worst) > 0
    for wrong in found.worst:
        if target == "price":
            assert said[wrong.row] == pytest.approx(wrong.said, rel=1e-4, abs=1e-5)
        else:
            assert said[wrong.row] == model.classes[int(wrong.said or 0)]
    with pytest.raises(InvalidRecipe, match="none of the name 'area'"):
        model.predict({})
    if target == "kind":
        shares = model.probabilities({name: columns[name] for name in model.columns})
        assert shares.sum(axis=1) == pytest.approx(np.ones(ROWS)) and shares.min() >= 0
    else:
        with pytest.raises(InvalidRecipe, match="Only classes have probabilities"):
            model.probabilities({})


def test_what_is_unknown_is_taken_and_a_file_that_is_no_model_is_refused(tmp_path: Path, columns) -> None:
    outcome = clipviz.train(tmp_path / "houses.csv", target="price", set={"training.epochs": 1}, device="cpu")
    model = clipviz.load(Settings.from_environment().runs / outcome.run / "model.safetensors")
    nothing = {name: [None, None] for name in model.columns}
    assert np.isfinite(model.predict(nothing)).all()
    assert np.isfinite(model.predict(nothing | {"town": ["the moon", "north"]})).all()
    with pytest.raises(InvalidRecipe, match="same number of rows; received 1, 2"):
        model.predict(nothing | {"town": ["north"]})
    assert model.predict(nothing | {"area": ["true", "no"]}) == model.predict(nothing | {"area": [1, 0.0]})
    assert model.predict(nothing | {"area": ["NA", 1]}) == model.predict(nothing | {"area": [None, 1]})
    with pytest.raises(InvalidRecipe, match="'area' holds numbers; received 'many'"):
        model.predict(nothing | {"area": ["many", 1]})
    with pytest.raises(InvalidRecipe, match="'day' holds dates; received '31/12/2020'"):
        model.predict(nothing | {"day": ["2020-12-31", "31/12/2020"]})
    rows = [dict.fromkeys(model.columns)] * 2
    assert model.predict(rows) == model.predict(nothing)
    with pytest.raises(InvalidRecipe, match="same columns; received none of the name 'area' in row 2"):
        model.predict([rows[0], {"town": "north"}])
    with pytest.raises(InvalidRecipe, match="a list of rows with values by name; received"):
        model.predict([[1, 2]])
    with pytest.raises(InvalidRecipe, match="'town' takes one value a row; received 'north'"):
        model.predict(dict.fromkeys(model.columns) | {"town": "north", "area": [1]})
    (tmp_path / "x.safetensors").write_text("no")
    with pytest.raises(TrainingFailed, match="safetensors file that clipviz wrote"):
        clipviz.load(tmp_path / "x.safetensors")


def test_cells_are_read_as_those_of_the_file_were_without_being_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIPVIZ_HOME", str(tmp_path / "home"))
    values = np.random.default_rng(0).normal(size=(60, 2)).round(2)
    share = [f"{value:.2f} %".replace(".", ",") for value in values[:, 0]]
    rate = [f"{value:.2f}".replace(".", ",") for value in values[:, 1]]
    lines = [f"{one};{other};{value}" for one, other, value in zip(share, rate, rate[::-1], strict=True)]
    (tmp_path / "fees.csv").write_text("\n".join(["share;rate;y", *lines]))
    outcome = clipviz.train(tmp_path / "fees.csv", target="y", set={"training.epochs": 1}, device="cpu")
    model = clipviz.load(Settings.from_environment().runs / outcome.run / "model.safetensors")
    as_numbers = {"share": values[:, 0], "rate": values[:, 1]}
    assert model.predict({"share": share, "rate": rate}) == model.predict(as_numbers)
    with pytest.raises(InvalidRecipe, match="'share' holds numbers; received '5 kg'"):
        model.predict({"share": ["5 kg"], "rate": ["1,5"]})
    with pytest.raises(InvalidRecipe, match="'rate' holds numbers; received '5 %'"):
        model.predict({"share": ["5 %"], "rate": ["5 %"]})


def test_the_lines_of_the_readme_run(tmp_path: Path, columns, monkeypatch, capsys) -> None:
    given, settings = Reading(missing=("", "-999")), Settings.from_environment()
    outcome = clipviz.train(
        tmp_path / "houses.csv", target="price", set={"training.epochs": 1}, device="cpu", reading=given
    )
    shown = clipviz.show(outcome.run)
    place = takeaway.place(settings, shown.run)
    assert place is not None
    example = example_row(place, files.profiles(settings, shown.run.dataset))
    assert set(example) == {"area", "town", "day", "kind"}
    assert example["kind"] in ("low", "high") and len(str(example["day"])) == len("2020-01-05")
    reading = files.dataset(settings, shown.run.dataset).reading

    evil = shown.recipe.replace("data.target", "price`[x](http://y)")
    with zipfile.ZipFile(
        io.BytesIO(takeaway.bundle(place, shown.run, evil, None, reading, example))
    ) as archive:
        assert archive.read("README.md").startswith(b"# A model that predicts `price [x](http://y)`\n")
    packed = takeaway.bundle(place, shown.run, shown.recipe, None, reading, example)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(tmp_path / "away")
        assert set(archive.namelist()) == {
            "model.safetensors", "reading.json", "recipe.json", "result.json", "README.md"
        }  # fmt: skip
    readme = (tmp_path / "away" / "README.md").read_text()
    assert "--reading reading.json" in readme and "`-999` is taken as missing" in readme
    monkeypatch.chdir(tmp_path / "away")
    exec(readme.split("```python\n")[1].split("```")[0], {})
    assert "area" in capsys.readouterr().out

    model = clipviz.load("model.safetensors")
    rows = {name: [value] for name, value in example.items()}
    assert model.predict(rows | {"area": [-999]}) == model.predict(rows | {"area": [None]})
    assert clipviz.load(place).predict(rows | {"area": [-999]}) == model.predict(rows | {"area": [-999]})
    place.with_name("reading.json").write_text("{}")
    assert clipviz.load(place).predict(rows | {"area": [-999]}) != model.predict(rows | {"area": [-999]})
    again = clipviz.train(tmp_path / "houses.csv", recipe="recipe.json", reading="reading.json")
    assert clipviz.show(again.run).run.dataset == shown.run.dataset and again.metrics == outcome.metrics
    assert not any("was made for dataset" in note for note in again.notes)
    other = clipviz.train(tmp_path / "houses.csv", recipe="recipe.json")
    assert f"The recipe was made for dataset {shown.run.dataset}" in other.notes[0]
    assert "the same file with -999 not read as missing. Results will differ" in other.notes[0]
    (tmp_path / "away" / "reading.json").write_text("[]")
    with pytest.raises(TrainingFailed, match=r"reading\.json says how cells are read"):
        clipviz.load("model.safetensors")
    with pytest.raises(UnreadableFile, match="A reading is a JSON file"):
        clipviz.train(tmp_path / "houses.csv", recipe="recipe.json", reading="reading.json")
    with pytest.raises(UnreadableFile, match="has been read already"):
        clipviz.train(shown.run.dataset, recipe="recipe.json", reading=given)


def test_columns_of_any_library_say_the_same(tmp_path: Path, columns) -> None:
    import pandas
    import pyarrow

    wanted = {"training.epochs": 1, "data.text.column": "said", "model.id": "lstm"}
    outcome = clipviz.train(tmp_path / "houses.csv", target="price", set=wanted, device="cpu")
    model = clipviz.load(Settings.from_environment().runs / outcome.run / "model.safetensors")
    plain = {name: [*columns[name][:3], None] for name in model.columns}
    said = model.predict(plain)
    days = np.array(plain["day"], dtype="datetime64[D]")
    for moments in (days, days.astype("datetime64[ns]"), days.tolist(), list(days), days.astype(str)[:3]):
        kept = len(moments)
        asked = {name: values[:kept] for name, values in plain.items()}
        assert model.predict({**asked, "day": moments}) == pytest.approx(said[:kept])
    assert model.predict({name: pyarrow.array(values) for name, values in plain.items()}) == said
    frame = pandas.DataFrame(plain, index=[7, 5, 3, 1])
    assert model.predict(frame) == said
    typed = frame.assign(day=pandas.to_datetime(frame["day"]), area=frame["area"].astype(float))
    typed["town"] = typed["town"].astype("category")
    assert model.predict(typed) == pytest.approx(said)
    assert model.predict(frame.convert_dtypes()) == said


def test_a_cell_that_does_not_belong_is_named(tmp_path: Path, columns) -> None:
    outcome = clipviz.train(tmp_path / "houses.csv", target="price", set={"training.epochs": 1}, device="cpu")
    model = clipviz.load(Settings.from_environment().runs / outcome.run / "model.safetensors")
    row: dict[str, Any] = {name: [None] for name in model.columns}
    for name, cells, what in (
        ("day", [18_262], "holds dates; received 18262"),
        ("day", ["yesterday"], "holds dates; received 'yesterday'"),
        ("area", [10**400], "holds numbers; received 1000"),
        ("area", "5", "one value a row; received '5'"),
        ("area", 5, "one value a row; received 5"),
    ):
        with pytest.raises(InvalidRecipe, match=what):
            model.predict({**row, name: cells})
    for rows in ([1, 2], np.array(5), np.array([["a"] * len(model._network.front.features)])):
        with pytest.raises(InvalidRecipe):
            model.predict(rows)


def test_a_level_is_known_by_the_number_that_a_file_has_as_a_word() -> None:
    codes = {"1": 0, "2": 1, "true": 2, "2.5": 3}
    known = [_code(codes, value) for value in (1, 2.0, True, 2.5, " 1", "x", None)]
    assert known == [0, 1, 2, 3, 0, -1, -1]
