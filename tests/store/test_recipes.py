import pytest

from clipviz.core.errors import NotFound
from clipviz.core.recipe import Data, Recipe
from clipviz.store import Store


def test_a_recipe_comes_back_as_it_was(store: Store, recipe: Recipe) -> None:
    saved = store.recipes.add(recipe, "plain", "Ada")
    assert saved.id == recipe.id
    assert saved.recipe == recipe
    assert store.recipes.get(recipe.id) == saved


def test_equal_content_is_saved_once(store: Store, recipe: Recipe) -> None:
    first = store.recipes.add(recipe, "plain", "Ada")
    assert store.recipes.add(Recipe.parse(recipe.canonical()), "other", "Grace") == first
    assert store.recipes.list() == [first]


def test_a_clone_knows_its_parent(store: Store, recipe: Recipe) -> None:
    store.recipes.add(recipe, "plain", "Ada")
    clone = store.recipes.add(recipe.replace("seed", 1), "seeded", "Grace", parent=recipe.id)
    assert store.recipes.get(clone.id).parent == recipe.id


def test_lists_of_one_dataset_are_bounded(store: Store, recipe: Recipe) -> None:
    for seed in range(5):
        store.recipes.add(recipe.replace("seed", seed), f"seed {seed}", "Ada")
    assert len(store.recipes.list(dataset=recipe.data.dataset, limit=3)) == 3
    assert store.recipes.list(dataset="e" * 16) == []


def test_unknown_ids_say_so(store: Store) -> None:
    with pytest.raises(NotFound, match="There is no recipe with this id; received 'nonsense'"):
        store.recipes.get("nonsense")
    with pytest.raises(NotFound, match="There is no dataset with this id"):
        store.recipes.add(Recipe(data=Data(dataset="e" * 16, target="y")), "orphan", "Ada")
