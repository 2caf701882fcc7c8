import pytest

from clipviz.core.dataset import Dataset
from clipviz.core.discovery import discover
from clipviz.datasets import samples
from tests.pages.conftest import button, words


@pytest.fixture
def spikes(home, store) -> Dataset:
    return store.datasets.add(samples.load("spikes", home, "Ada"))


def select(app, label: str, value: object):
    next(each for each in app.selectbox if each.label == label).select(value).run()
    assert not app.exception
    return app


def test_without_a_dataset_the_page_teaches(page) -> None:
    app = page("clamp")
    assert "Here you see the tails" in words(app)
    button(app, "Use the sample with spikes").click().run()
    assert not app.exception
    assert app.query_params["dataset"]


def test_a_default_policy_limits_every_column_and_is_told(page, spikes) -> None:
    app = page("clamp", dataset=spikes.id)
    assert "No clamp is chosen" in words(app)
    select(app, "Default for every numeric column", "quantile")
    assert "is limited to" in words(app)
    overview = next(each.value for each in app.dataframe if "policy" in each.value.columns)
    assert set(overview["policy"]) == {"quantile"}
    assert (overview["below"] + overview["above"]).sum() > 0


def test_a_column_of_its_own_and_a_copy_to_others(page, spikes) -> None:
    app = page("clamp", dataset=spikes.id)
    next(each for each in app.toggle if each.label.startswith("Another policy")).set_value(True).run()
    select(app, "Its policy", "mad")
    others = next(each for each in app.multiselect if each.label == "Same policy for")
    others.select(others.options[0].replace("\\", "")).run()
    button(app, "Copy it to them").click().run()
    assert not app.exception
    overview = next(each.value for each in app.dataframe if "policy" in each.value.columns)
    assert list(overview["policy"]).count("mad (own)") == 2


def test_the_recipe_gets_a_link_that_opens_the_same_view(page, spikes, store) -> None:
    app = page("clamp", dataset=spikes.id)
    select(app, "Default for every numeric column", "tukey")
    button(app, "Save as a recipe").click().run()
    recipe = app.query_params["recipe"]
    assert store.recipes.get(recipe).recipe.inputs.default.id == "tukey"
    teammate = page("clamp", recipe=recipe)
    assert next(each for each in teammate.selectbox if each.label.startswith("Default")).value == "tukey"


def test_a_bad_bound_is_worded_and_the_former_kept(page, spikes) -> None:
    app = page("clamp", dataset=spikes.id)
    select(app, "Default for every numeric column", "quantile")
    lower = next(each for each in app.number_input if "ower" in each.label)
    lower.set_value(0.999).run()
    assert not app.exception
    assert app.error, words(app)
    assert "is limited to" in words(app)


def test_columns_named_like_our_own_do_not_collide(page, store) -> None:
    app = page()
    rows = "".join(f"{i},{i * 3 % 11},{i % 7}\n" for i in range(40))
    app.file_uploader[0].set_value(("odd.csv", f"row,after the clamp,y\n{rows}".encode(), "text/csv"))
    app.run()
    app = page("clamp", dataset=app.query_params["dataset"])
    assert "could not be drawn" not in words(app)
    assert any("row (1)" in each.value.columns for each in app.dataframe)


@pytest.mark.parametrize("name", discover("clipviz.policies.inputs"))
def test_every_clamp_can_be_picked(page, spikes, name: str) -> None:
    app = select(page("clamp", dataset=spikes.id), "Default for every numeric column", name)
    assert not app.error and "could not be drawn" not in words(app)


@pytest.mark.parametrize("action", ["soft", "missing", "trim"])
def test_every_action_is_told(page, spikes, action: str) -> None:
    app = select(page("clamp", dataset=spikes.id), "Default for every numeric column", "tukey")
    select(app, "A value beyond", action)
    told = {"soft": "rounded off over", "missing": "counts as missing beyond", "trim": "rows out of training"}
    assert told[action] in words(app) and not app.error


def test_groups_are_offered_by_name(page, store) -> None:
    app = page()
    rows = "".join(f"{'ab'[i % 2]},{i * 37 % 101},{i % 7}\n" for i in range(80))
    app.file_uploader[0].set_value(("grouped.csv", f"kind,x,y\n{rows}".encode(), "text/csv"))
    app.run()
    app = page("clamp", dataset=app.query_params["dataset"])
    select(app, "Default for every numeric column", "quantile")
    select(app, "Group-wise by", "kind")
    assert "or the bounds of its kind" in words(app) and not app.error
