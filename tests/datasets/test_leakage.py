"""Nothing that is fitted ever sees a row that judges."""

from itertools import product
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipviz.core.bounds import Action
from clipviz.core.discovery import discover
from clipviz.core.recipe import Choice, Data, Inputs, Recipe, Split
from clipviz.core.table import Feature
from clipviz.datasets import table
from clipviz.datasets.ingest import ingest
from clipviz.training.assembly import assemble
from clipviz.training.ground import grounded

pytestmark = pytest.mark.usefixtures("in_process")

ROWS = 60
POLICIES = ("none", "sigma", "quantile", "tukey", "mad")


def rows_of(generator):
    return [
        [repr(generator.normal()), repr(generator.lognormal()), ["red", "blue", "green"][generator.integers(3)],
         f"g{number % 12}", f"2020-{1 + number % 12:02d}-{1 + number % 28:02d}", repr(generator.normal())]
        for number in range(ROWS)
    ]  # fmt: skip


def loaded(home, write, rows, recipe):
    text = "a,b,colour,owner,day,y\n" + "".join(",".join(row) + "\n" for row in rows)
    dataset = ingest(write(text), "t.csv", home)
    data = Data(dataset=dataset.id, target="y", features=("a", "b", "colour"))
    return table.load(home, dataset, recipe.model_copy(update={"data": data}))


def fitted(found, recipe):
    network = assemble(recipe, found, "cpu").network
    buffers = {name: value.tolist() for name, value in network.front.named_buffers()}
    return buffers, network.target_mean.item(), network.target_scale.item(), found.features


@pytest.fixture
def fresh(settings, write):
    return settings, write


@pytest.mark.parametrize(
    "how",
    [Split(), Split(kind="stratified", column="colour"), Split(kind="group", column="owner"),
     Split(kind="time", column="day")],
    ids=lambda how: how.kind,
)  # fmt: skip
@pytest.mark.parametrize("policy", POLICIES)
def test_changing_test_and_validation_rows_changes_nothing_that_is_fitted(fresh, how, policy):
    home, write = fresh
    rows = rows_of(np.random.default_rng(0))
    data = Data(dataset="0" * 16, target="y")
    recipe = Recipe(data=data, split=how, inputs=Inputs(default=Choice(id=policy)))
    before = loaded(home, write, rows, recipe)
    changed = [list(row) for row in rows]
    for place in [*before.test, *before.validation]:
        changed[place][0:2] = ["1e9", "-inf"]
        changed[place][5] = "12345.5"
        if how.column != "colour":
            changed[place][2] = "never seen"
    after = loaded(home, write, changed, recipe)
    np.testing.assert_array_equal(before.train, after.train)
    assert fitted(before, recipe) == fitted(after, recipe)
    np.testing.assert_array_equal(before.inputs[before.train], after.inputs[after.train])


def choices():
    """Every clamp that there is, with every action, by group and with indicators where it takes them."""
    for name, cls in discover("clipviz.policies.inputs").items():
        limits = {"lo": -1.0, "hi": 1.0} if "lo" in cls.model_fields else {}
        actions = get_args(Action) if "action" in cls.model_fields else (None,)
        groups = (None, "colour") if "by" in cls.model_fields else (None,)
        for action, by in product(actions, groups):
            given = {"action": action, "indicators": True} if action else {}
            yield Choice.of(name, **limits, **given, **({"by": by} if by else {}))


def with_colours(dirty):
    """A small table of two numbers and a category; dirty: other values in every row that judges."""
    from tests.training.conftest import regression

    generator = np.random.default_rng(3)
    inputs = generator.standard_t(3, size=(90, 3))
    inputs[:, 2] = np.arange(90) % 3
    table = regression(
        rows=90,
        inputs=inputs,
        features=(Feature("a"), Feature("b"), Feature("colour", ("red", "blue", "green"))),
    )
    if dirty:
        for rows, value in ((table.test, 1e9), (table.validation, -np.inf)):
            table.inputs[rows, :2], table.target[rows] = value, 12345.5
            table.inputs[rows, 2] = -1
    return table


@pytest.mark.parametrize("normalisation", discover("clipviz.policies.normalisations"))
def test_no_clamp_no_normalisation_and_no_target_clamp_learns_from_rows_that_judge(normalisation):
    clean, dirty = with_colours(dirty=False), with_colours(dirty=True)
    targets = [each for each in discover("clipviz.policies.inputs") if each not in ("fixed", "pixel_range")]
    for place, choice in enumerate(choices()):
        clamp = Choice(id=targets[place % len(targets)])
        inputs = Inputs(default=choice, normalisation=Choice(id=normalisation))
        recipe = Recipe(data=Data(dataset="0" * 16, target="y"), inputs=inputs, target_clamp=clamp)
        one, other = grounded(recipe, clean), grounded(recipe, dirty)
        for (name, mine), (_, his) in zip(
            one.front.named_buffers(), other.front.named_buffers(), strict=True
        ):
            assert mine.tolist() == his.tolist(), (choice, name)
        assert one.goals.tolist() == other.goals.tolist() and one.stays.tolist() == other.stays.tolist()
        assert one.notes == other.notes


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 5), st.floats(allow_nan=True), st.sampled_from(POLICIES))
def test_any_single_value_of_a_test_row(place, value, policy):
    from tests.training.conftest import regression

    recipe = Recipe(data=Data(dataset="0" * 16, target="y"), inputs=Inputs(default=Choice(id=policy)))
    clean, dirty = regression(rows=80), regression(rows=80)
    dirty.inputs[dirty.test[place], place % 5] = value
    assert fitted(clean, recipe) == fitted(dirty, recipe)
