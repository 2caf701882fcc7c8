import pytest

from clipviz.core.errors import ClipvizError, InvalidRecipe, NotFound
from clipviz.core.recipe import Recipe
from clipviz.core.run import State
from clipviz.core.settings import Settings
from clipviz.runs import submit as module
from clipviz.runs.check import complete
from clipviz.runs.submit import ask, submit
from clipviz.store import Store


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    calls: list[Settings] = []
    monkeypatch.setattr(module, "ensure_runner", calls.append)
    return calls


def test_a_submitted_recipe_is_saved_queued_and_looked_after(
    store: Store, settings: Settings, recipe: Recipe, calls: list[Settings]
) -> None:
    run = submit(store, settings, recipe, "first", "Ada")
    assert (run.state, run.name) == (State.QUEUED, "first")
    assert store.recipes.get(run.recipe).recipe == complete(recipe)
    assert calls == [settings]


def test_a_default_said_is_the_recipe_with_the_default_unsaid(
    store: Store, settings: Settings, recipe: Recipe, calls: list[Settings]
) -> None:
    said = recipe.replace("optimiser.learning_rate", 0.001).replace("gradient.max_norm", 1.0)
    assert said.id != recipe.id
    first, second = (submit(store, settings, given, "first", "Ada") for given in (recipe, said))
    assert first.recipe == second.recipe
    assert store.recipes.get(first.recipe).recipe.optimiser.fields()["learning_rate"] == 0.001


def test_a_recipe_that_cannot_be_is_not_queued(
    store: Store, settings: Settings, recipe: Recipe, calls: list[Settings]
) -> None:
    with pytest.raises(InvalidRecipe, match="The target must be a column of the dataset"):
        submit(store, settings, recipe.replace("data.target", "z"), "first", "Ada")
    store.datasets.delete(recipe.data.dataset, "Grace")
    with pytest.raises(NotFound, match="dataset was deleted by Grace"):
        submit(store, settings, recipe, "first", "Ada")
    assert store.runs.list() == [] and calls == []


def test_nothing_is_queued_where_nobody_could_train_it(
    store: Store, settings: Settings, recipe: Recipe, calls: list[Settings]
) -> None:
    nowhere = settings.model_copy(update={"executor": "cloud"})
    for attempt in (
        lambda: submit(store, nowhere, recipe, "first", "Ada"),
        lambda: ask(store, nowhere, "f" * 16, "run", "Ada"),
    ):
        with pytest.raises(ClipvizError, match="CLIPVIZ_EXECUTOR must be one of local; received 'cloud'"):
            attempt()
    assert store.runs.list() == [] and store.recipes.list() == [] and calls == []


def test_a_resumed_run_is_looked_after(
    store: Store, settings: Settings, recipe: Recipe, calls: list[Settings]
) -> None:
    run = submit(store, settings, recipe, "first", "Ada")
    ask(store, settings, run.id, "pause", "Ada")
    assert ask(store, settings, run.id, "run", "Ada").state is State.QUEUED
    assert len(calls) == 3
