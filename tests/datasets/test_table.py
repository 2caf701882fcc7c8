"""A table holds what a recipe may train on, says what it left out, and refuses what cannot be learned."""

import numpy as np
import pytest

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Data, Recipe
from clipviz.datasets import table
from clipviz.datasets.ingest import ingest

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture
def load(settings, write):
    """load(columns, target, **data) -> Table of a CSV with these columns."""

    def _load(columns, target, **data):
        rows = zip(*columns.values(), strict=True)
        text = ",".join(columns) + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
        dataset = ingest(write(text), "t.csv", settings)
        return table.load(settings, dataset, Recipe(data=Data(dataset=dataset.id, target=target, **data)))

    return _load


N = range(40)
X = [n * 1.5 for n in N]


def test_regression_on_numbers(load):
    found = load({"x": X, "y": [n * 2 for n in N]}, "y")
    assert (found.task, found.classes, found.target_name) == ("regression", (), "y")
    assert found.inputs.tolist() == [[x] for x in X] and found.target.tolist() == [n * 2 for n in N]
    assert sorted(np.concatenate([found.train, found.validation, found.test]).tolist()) == list(N)
    assert found.source_rows.tolist() == list(N) and found.notes == ()


@pytest.mark.parametrize(
    ("target", "classes"),
    [
        ([n % 3 for n in N], ("0", "1", "2")),
        (["yes" if n % 2 else "no" for n in N], ("false", "true")),
        ([f"k{n % 4}" for n in N], ("k0", "k1", "k2", "k3")),
    ],
)
def test_few_values_are_classes(load, target, classes):
    found = load({"x": X, "y": target}, "y")
    assert (found.task, found.classes) == ("classification", classes)
    assert set(found.target.tolist()) == set(range(len(classes)))


def test_the_user_may_force_the_task(load):
    assert load({"x": X, "y": [n % 3 for n in N]}, "y", task="regression").task == "regression"
    assert len(load({"x": X, "y": list(N)}, "y", task="classification").classes) == 28


@pytest.mark.parametrize("word", ["c{}", "{}"])
def test_classes_are_those_of_the_training_rows(load, word):
    """A class that only other rows show is kept, counted, and has no output; one seen once is a class."""
    plain = load({"x": X, "y": [n % 2 for n in N]}, "y")
    target, two, once = [n % 2 for n in N], plain.validation[0], plain.train[0]
    target[two], target[plain.test[0]], target[once] = 7, 8, 5
    found = load({"x": X, "y": [word.format(n) for n in target]}, "y", task="classification")
    assert found.classes == tuple(word.format(n) for n in (0, 1, 5))
    assert found.target[once] == 2 and (found.target[two], found.target[plain.test[0]]) == (-1, -2)
    assert found.notes == (
        f"2 validation or test rows are of classes {word.format(7)}, {word.format(8)}, which no training row shows: "
        "every prediction there counts as wrong.",
    )


def test_the_task_depends_on_training_rows_only(load):
    """Fifteen values among the training rows, more elsewhere."""
    rows = range(100)
    held = set(load({"x": rows, "y": rows}, "y").train.tolist())
    found = load({"x": rows, "y": [n % 15 if n in held else 1000 + n for n in rows]}, "y")
    assert (found.task, len(found.classes)) == ("classification", 15)


def test_a_target_must_vary_over_the_training_rows(load):
    held = set(load({"x": X, "y": X}, "y").train.tolist())
    with pytest.raises(InvalidRecipe, match=r"must vary.*'y' with one value only in the training rows"):
        load({"x": X, "y": [0.5 if n in held else n for n in N]}, "y")


def test_rows_without_a_finite_target_are_left_out_and_counted(load):
    found = load({"x": X, "y": ["", "inf", "-inf", "nan", *[n + 0.5 for n in range(36)]]}, "y")
    assert found.source_rows.tolist() == list(range(4, 40))
    assert found.inputs[0, 0] == X[4] and found.target[0] == 0.5
    assert found.notes[:2] == (
        "2 of 40 rows have no target and were left out.",
        "2 of 40 rows have an infinite target and were left out.",
    )


def test_numbers_keep_missing_and_infinite_cells(load):
    found = load({"x": ["", "inf", *X[2:]], "y": X}, "y")
    assert np.isnan(found.inputs[0, 0]) and found.inputs[1, 0] == np.inf


def test_categories_are_coded_by_training_rows_only(load):
    words = ["rare" if n == 7 else "often" if n % 3 else "less" for n in N]
    found = load({"c": words, "x": X, "y": X}, "y")
    feature = found.features[0]
    trained = {words[n] for n in found.train}
    assert set(feature.levels) == trained and feature.levels[0] == "often"
    for position, word in enumerate(words):
        expected = feature.levels.index(word) if word in trained else -1
        assert found.inputs[position, 0] == expected


def test_the_fifty_commonest_levels(load):
    found = load(
        {"c": [f"w{n % 100}" for n in range(400)], "x": range(400), "y": [n / 7 for n in range(400)]}, "y"
    )
    assert len(found.features[0].levels) == 50
    assert found.inputs[:, 0].min() == -1
    assert any("rarest count as unknown" in note for note in found.notes)


def test_columns_that_cannot_be_used_are_named(load):
    columns = {
        "x": X,
        "hole": [""] * 40,
        "same": [3] * 40,
        "prose": [f"a long story number {n} " + "x" * 100 for n in N],
        "y": X,
    }
    found = load(columns, "y")
    assert [feature.name for feature in found.features] == ["x"]
    assert set(found.notes) == {
        "Left out column hole: empty columns cannot be used.",
        "Left out column prose: prose is read only where it is the text to read.",
        "Left out column same: constant over the training rows.",
    }


def test_dates_become_numbers_that_the_training_rows_decide(load):
    days = [f"2020-0{1 + n % 3}-{1 + n % 28:02d} {n % 24:02d}:00" for n in N]
    found = load({"day": days, "y": X}, "y")
    first = min(days[n] for n in found.train)[:10]
    assert [feature.name for feature in found.features] == [
        f"day: days since {first}",
        *(f"day: {part} ({wave})" for part in ("year", "week", "day") for wave in ("sine", "cosine")),
    ]
    assert found.inputs[found.train, 0].min() < 1
    assert np.allclose(found.inputs[:, 1] ** 2 + found.inputs[:, 2] ** 2, 1)
    assert any(note.startswith(f"day is read as days since {first}, year (sine)") for note in found.notes)


def test_missing_dates_stay_missing_and_one_month_has_no_seasons(load):
    found = load({"day": ["", *[f"2020-01-{1 + n % 28:02d}" for n in N][1:]], "y": X}, "y")
    assert np.isnan(found.inputs[0]).all()
    assert [feature.name.split(": ")[1][:4] for feature in found.features] == ["days", "week", "week"]


def test_whole_numbers_beyond_float64_are_rounded_and_said(load):
    found = load({"id": [2**60 + 1000 * n for n in N], "y": X}, "y")
    assert found.inputs[0, 0] == 2.0**60
    assert found.notes == ("id has whole numbers beyond 2^53; as inputs they are rounded.",)


def test_more_columns_than_rows(load):
    found = load({**{f"x{k}": [(n * k) % 7 for n in range(12)] for k in range(1, 60)}, "y": X[:12]}, "y")
    assert found.inputs.shape[0] == 12 < found.inputs.shape[1]


def test_chosen_features(load):
    columns = {"a": X, "b": X[::-1], "y": X}
    assert [feature.name for feature in load(columns, "y", features=("b",)).features] == ["b"]
    with pytest.raises(InvalidRecipe, match="input must be a column of the dataset; received 'z'"):
        load(columns, "y", features=("z",))
    with pytest.raises(InvalidRecipe, match="target cannot be an input"):
        load(columns, "y", features=("y",))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"x": X, "z": X}, "target must be a column of the dataset; received 'y'.*Pick one of x, z"),
        ({"x": X, "y": [""] * 40}, "must hold numbers or categories; received an empty column"),
        ({"x": X, "y": ["inf"] * 40}, "must hold values; received 'y' without any finite value"),
        ({"x": X, "y": [5] * 40}, "target must vary; received 'y' with one value only"),
        ({"x": X, "y": ["a"] * 40}, "target must vary"),
        ({"x": X, "y": [""] * 31 + X[:9]}, "at least 10 rows with a target; received 9"),
        ({"x": [1] * 40, "y": X}, "at least one usable column.*constant over the training rows"),
        ({"y": X}, "at least one usable column.*no other column"),
        (
            {"x": range(300), "y": [f"w{n}" for n in range(300)]},
            r"at most 200 classes; received 210 different values in the training rows.*mend that under .How it was",
        ),
    ],
)
def test_refusals(load, columns, words):
    with pytest.raises(InvalidRecipe, match=words) as caught:
        load(columns, "y")
    assert caught.value.remedy


def test_regression_on_words_is_refused(load):
    with pytest.raises(InvalidRecipe, match=r"Regression needs a target of numbers.*Choose classification"):
        load({"x": X, "y": [f"k{n % 4}" for n in N]}, "y", task="regression")
