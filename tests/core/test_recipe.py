import json
import re

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


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("epochs", "no field 'epochs'. Did you mean training.epochs?"),
        ("training.epoch", "no field 'training.epoch'. Did you mean training.epochs?"),
        ("batchsize", "Did you mean training.batch_size?"),
        ("colour", "no field 'colour'. See `show RUN`"),
        ("data.features.x", "no field 'data.features.x'. See"),
    ],
)
def test_an_unknown_field_is_told_with_the_path_that_was_meant(path: str, words: str) -> None:
    with pytest.raises(InvalidRecipe, match=re.escape(words)):
        Recipe(data=Data(dataset="0" * 16, target="y")).replace(path, 3)


def test_a_choice_takes_fields_and_a_column_a_clamp_that_the_document_does_not_show_yet() -> None:
    recipe = Recipe(data=Data(dataset="0" * 16, target="y")).replace("inputs.columns.x", {"id": "sigma"})
    assert recipe.replace("inputs.columns.x.k", 2).inputs.columns["x"].fields() == {"k": 2}


@pytest.mark.parametrize("depth", [9, 500, 100_000])
@pytest.mark.parametrize("path", ["gradient.max_norm", "data.features", "training.epochs"])
def test_deep_nesting_is_refused_in_words(path: str, depth: int) -> None:
    value: list = []
    for _ in range(depth):
        value = [value]
    with pytest.raises(InvalidRecipe):
        Recipe(data=Data(dataset="0" * 16, target="y")).replace(path, value)
    while value:
        [value] = value


def test_a_split_says_nothing_of_what_is_as_usual() -> None:
    recipe = Recipe(data=Data(dataset="0" * 16, target="y"))
    assert recipe.model_dump(mode="json")["split"] == {"validation": 0.15, "test": 0.15, "seed": 0}
    other = recipe.replace("split.kind", "stratified")
    assert other.id != recipe.id and Recipe.parse(other.canonical()) == other


def test_a_split_by_group_names_its_column() -> None:
    recipe = Recipe(data=Data(dataset="0" * 16, target="y"))
    with pytest.raises(InvalidRecipe, match=r"split by group needs a column: set split\.column first"):
        recipe.replace("split.kind", "group")
    assert recipe.replace("split.column", "who").replace("split.kind", "group").split.column == "who"


def test_a_pixel_follows_its_own_clamp_then_its_channel_then_the_default() -> None:
    red, own = Choice(id="pixel_range"), Choice(id="tukey")
    inputs = Inputs(channels={"red": red}, columns={"pixel 0,1,red": own})
    assert inputs.policy_of("pixel 0,0,red") == red
    assert inputs.policy_of("pixel 0,1,red") == own
    assert inputs.policy_of("pixel 0,0,blue").id == inputs.policy_of("red").id == "none"
    assert list(inputs.choices()) == [inputs.default, own, red]
