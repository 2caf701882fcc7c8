import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice, Data, Inputs, Recipe

RECIPE = Recipe(data=Data(dataset="0" * 16, target="y"))


def test_a_recipe_survives_json() -> None:
    assert Recipe.parse(RECIPE.canonical()) == RECIPE
    assert Recipe.parse(json.loads(RECIPE.canonical())).id == RECIPE.id


@given(st.text(min_size=1), st.floats(allow_nan=False, allow_infinity=False))
def test_any_column_name_and_bound_survive_json(name: str, bound: float) -> None:
    name = name.encode("utf-8", "ignore").decode() or "x"
    inputs = Inputs(columns={name: Choice.of("fixed", lo=bound)})
    recipe = RECIPE.model_copy(update={"inputs": inputs})
    assert Recipe.parse(recipe.canonical()) == recipe


def test_equal_recipes_have_equal_ids_and_others_do_not() -> None:
    assert RECIPE.replace("seed", 0).id == RECIPE.id
    assert RECIPE.replace("seed", 1).id != RECIPE.id


def test_replacing_an_id_drops_the_fields_of_the_former_choice() -> None:
    valued = RECIPE.replace("gradient.id", "global_norm").replace("gradient.max_norm", 2.0)
    assert valued.gradient.fields() == {"max_norm": 2.0}
    assert valued.replace("gradient.id", "none").gradient.fields() == {}


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("training.epochs", 0, r"training\.epochs.*received 0"),
        ("split.test", 0.89, r"split\.test.*at most 0\.9"),
        ("nothing.here", 1, r"no field 'nothing\.here'"),
        ("seed.deeper", 1, r"no field 'seed\.deeper'"),
        ("data.dataset", "../../etc", r"data\.dataset"),
        ("seed", float("nan"), r"seed"),
    ],
)
def test_a_wrong_field_is_named_with_what_came(path: str, value: object, words: str) -> None:
    with pytest.raises(InvalidRecipe, match=words):
        RECIPE.replace(path, value)


@pytest.mark.parametrize("document", ["", "[]", "{", '{"data": 3}', '{"version": 2}'])
def test_what_is_no_recipe_is_refused_in_words(document: str) -> None:
    with pytest.raises(InvalidRecipe, match="Mend this field"):
        Recipe.parse(document)
