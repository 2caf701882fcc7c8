"""Nothing that is fitted ever sees a row that judges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipviz.core.recipe import Choice, Data, Inputs, Recipe, Split
from clipviz.datasets import table
from clipviz.datasets.ingest import ingest
from clipviz.training.assembly import assemble

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


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 5), st.floats(allow_nan=True), st.sampled_from(POLICIES))
def test_any_single_value_of_a_test_row(place, value, policy):
    from tests.training.conftest import regression

    recipe = Recipe(data=Data(dataset="0" * 16, target="y"), inputs=Inputs(default=Choice(id=policy)))
    clean, dirty = regression(rows=80), regression(rows=80)
    dirty.inputs[dirty.test[place], place % 5] = value
    assert fitted(clean, recipe) == fitted(dirty, recipe)
