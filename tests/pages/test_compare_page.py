import pytest

from clipviz.core.recipe import Recipe
from clipviz.core.run import Run
from clipviz.datasets import samples
from tests.pages.conftest import words


@pytest.fixture
def two(home, store) -> list[Run]:
    dataset = store.datasets.add(samples.load("spikes", home, "Ada"))
    recipe = Recipe.parse({"data": {"dataset": dataset.id, "target": dataset.target}})
    recipes = [recipe, recipe.replace("seed", 1)]
    return [
        store.runs.submit(store.recipes.add(each, "r", "Ada").id, f"run {index}", "Ada")
        for index, each in enumerate(recipes)
    ]


def test_without_runs_the_page_teaches(page) -> None:
    said = words(page("compare"))
    assert "No runs yet" in said and "on the table" not in said


def test_runs_of_a_link_are_laid_side_by_side_with_their_differences(page, two) -> None:
    app = page("compare", runs=",".join(run.id for run in two))
    assert not app.exception
    differences = next(each.value for each in app.dataframe if "field" in each.value.columns)
    assert differences["field"].tolist() == ["Seed"]
    assert differences["run 1"].tolist() == ["1"]


def test_a_malformed_or_deleted_run_is_named_and_the_others_shown(page, two, store) -> None:
    store.runs.delete(two[1].id, "Grace")
    app = page("compare", runs=f"{two[0].id},{two[1].id},nonsense")
    errors = " ".join(error.value for error in app.error)
    assert "deleted by Grace" in errors
    assert "malformed" in errors
    assert "run 0" in words(app)


def test_runs_on_other_rows_are_not_called_comparable(page, two, store) -> None:
    recipe = store.recipes.get(two[0].recipe).recipe.replace("split.seed", 9)
    other = store.runs.submit(store.recipes.add(recipe, "r", "Ada").id, "other split", "Ada")
    assert "not comparable" in words(page("compare", runs=f"{two[0].id},{other.id}"))


def test_words_narrow_the_table(page, two) -> None:
    app = page("compare")
    next(each for each in app.text_input if each.label == "Find runs").set_value("run 1").run()
    table = next(each.value for each in app.dataframe if "state" in each.value.columns)
    assert table["name"].tolist() == ["run 1"]
