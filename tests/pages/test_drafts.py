"""What somebody changed and did not save survives a link to something else, and a reload."""

import pytest

from clipviz.core.dataset import Dataset
from clipviz.core.recipe import Choice
from clipviz.datasets import samples
from clipviz.runs.defaults import starting
from tests.pages.conftest import button, words

ASIDE = "Another recipe was opened over changes that you had not saved"


@pytest.fixture
def spikes(home, store) -> Dataset:
    return store.datasets.add(samples.load("spikes", home, "Ada"))


@pytest.fixture
def saved(store, spikes) -> str:
    recipe = starting(spikes, spikes.target, {}).replace("gradient", {"id": "value"})
    return store.recipes.add(recipe, "of a teammate", "Ben").id


def default(app):
    return next(each for each in app.selectbox if each.label.startswith("Default for"))


def test_changes_that_a_link_replaces_are_kept_and_come_back(page, spikes, saved) -> None:
    app = page("clamp", dataset=spikes.id)
    default(app).select("tukey").run()
    app.query_params["recipe"] = saved
    app.run()
    assert default(app).value == "none" and ASIDE in words(app)
    assert app.session_state.drafts[spikes.id].recipe.gradient == Choice(id="value")
    button(app, "Bring them back").click().run()
    assert not app.exception
    assert default(app).value == "tukey" and ASIDE not in words(app)
    assert "recipe" not in app.query_params


def test_nothing_is_set_aside_where_nothing_was_changed_and_it_can_be_forgotten(page, spikes, saved) -> None:
    app = page("clamp", dataset=spikes.id)
    assert not app.session_state.drafts[spikes.id].edited
    app.query_params["recipe"] = saved
    app.run()
    assert ASIDE not in words(app) and not app.session_state.drafts[spikes.id].edited
    default(app).select("tukey").run()
    assert app.session_state.drafts[spikes.id].edited
    del app.query_params["recipe"]
    app.run()
    assert default(app).value == "tukey"
    button(app, "Save as a recipe").click().run()
    assert not app.session_state.drafts[spikes.id].edited
    default(app).select("mad").run()
    app.query_params["recipe"] = saved
    app.run()
    button(app, "Forget them").click().run()
    assert ASIDE not in words(app) and default(app).value == "none"


def test_changes_to_a_recipe_that_is_opened_again_are_kept(page, spikes, saved) -> None:
    app = page("clamp", dataset=spikes.id, recipe=saved)
    default(app).select("tukey").run()
    button(app, "of a teammate").click().run()
    assert default(app).value == "none" and ASIDE in words(app)
    button(app, "Bring them back").click().run()
    assert not app.exception and default(app).value == "tukey"


def test_a_link_with_changes_opens_them_in_a_new_session_only(page, spikes, saved) -> None:
    app = page("clamp", dataset=spikes.id, recipe=saved)
    default(app).select("tukey").run()
    assert "edited, not saved**: the link holds the changes" in words(app)
    link = app.session_state.drafts[spikes.id].link
    reloaded = page("clamp", dataset=spikes.id, recipe=saved, draft=link)
    known = reloaded.session_state.drafts[spikes.id]
    assert default(reloaded).value == "tukey" and known.base == saved and known.link == link
    default(reloaded).select("mad").run()  # the address bar may lag behind
    assert default(reloaded).value == "mad"


def test_changes_that_cannot_be_read_are_said_and_the_rest_is_used(page, spikes, saved) -> None:
    app = page("clamp", dataset=spikes.id, recipe=saved, draft="nonsense")
    assert "The changes in this link cannot be read" in words(app) and not app.exception
    assert app.session_state.drafts[spikes.id].recipe.gradient == Choice(id="value")
