import pytest

from clipviz.core.clips import clips
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice, Data, Inputs, Recipe
from clipviz.core.sweep import Design, Variant, Vary
from clipviz.runs.sweeps.variants import variants

PLAIN = Recipe(data=Data(dataset="00000000000000d1", target="y"), activation=Choice(id="none"))


def arms(
    recipe: Recipe = PLAIN, samples: int | None = None, without_clip: bool = True, **vary
) -> list[Variant]:
    axes = tuple(Vary(path=path.replace("__", "."), values=tuple(values)) for path, values in vary.items())
    return list(variants(Design(recipe=recipe, vary=axes, samples=samples, without_clip=without_clip)))


def names(found: list[Variant]) -> list[tuple[str, str]]:
    return [(each.name, each.reference) for each in found]


def test_a_recipe_by_itself_meets_its_twin_without_any_clip() -> None:
    recipe = Recipe(data=PLAIN.data, inputs=Inputs(default=Choice(id="tukey")))
    bare, own = arms(recipe)
    assert (bare.name, own.reference) == ("no clip", "no clip")
    assert clips(bare.recipe) == () and clips(own.recipe) == ("inputs", "activation", "gradient")
    assert (
        bare.recipe.model_copy(
            update={
                "inputs": own.recipe.inputs,
                "activation": own.recipe.activation,
                "gradient": own.recipe.gradient,
            }
        )
        == own.recipe
    ), "nothing else differs"
    assert own.name.count(" + ") == 2


def test_only_the_families_that_vary_are_taken_away() -> None:
    recipe = Recipe(data=PLAIN.data, activation=Choice(id="fixed"))
    found = arms(recipe, gradient__max_norm=[0.1, 1.0])
    assert names(found) == [
        ("no gradient clip", ""),
        ("largest norm 0.1", "no gradient clip"),
        ("largest norm 1", "no gradient clip"),
    ]
    assert clips(found[0].recipe) == ("activation",)


def test_every_level_of_what_is_no_clip_has_a_reference_of_its_own() -> None:
    found = arms(optimiser__learning_rate=[0.01, 0.1], gradient__id=["none", "global_norm"])
    assert names(found) == [
        ("no gradient clip · learning rate 0.01", ""),
        ("no gradient clip · learning rate 0.1", ""),
        ("learning rate 0.01 · Global norm", "no gradient clip · learning rate 0.01"),
        ("learning rate 0.1 · Global norm", "no gradient clip · learning rate 0.1"),
    ]
    for arm in found[2:]:
        reference = next(each for each in found if each.name == arm.reference)
        assert reference.recipe.optimiser == arm.recipe.optimiser


def test_numbers_are_left_out_where_a_choice_has_none() -> None:
    found = arms(gradient__id=["none", "global_norm"], gradient__max_norm=[0.1, 1.0])
    assert len(found) == 3, "none has no largest norm: its two combinations are one arm"
    assert [each.recipe.gradient.fields().get("max_norm") for each in found] == [None, 0.1, 1.0]


def test_whole_choices_vary_too() -> None:
    found = arms(gradient=[{"id": "none"}, {"id": "global_norm", "max_norm": 0.5}, {"id": "value"}])
    assert [each.name for each in found][:2] == ["no gradient clip", "Global norm, largest norm 0.5"]


def test_where_nothing_is_clipped_the_first_arm_is_the_reference() -> None:
    bare = PLAIN.model_copy(update={"gradient": Choice(id="none")})
    assert [each.reference for each in arms(bare, optimiser__learning_rate=[0.1, 0.2])] == [
        "",
        "learning rate 0.1",
    ]
    first, second = arms(gradient__max_norm=[1.0, 2.0], without_clip=False)
    assert second.reference == first.name and clips(first.recipe) == ("gradient",)


def test_a_draw_is_a_part_of_the_grid_and_the_same_each_time() -> None:
    axes = {
        "gradient__max_norm": [0.1 * k for k in range(1, 21)],
        "optimiser__learning_rate": [0.1, 0.2, 0.3],
    }
    drawn = arms(samples=7, **axes)
    assert drawn == arms(samples=7, **axes)
    assert sum(bool(each.reference) for each in drawn) == 7
    assert len(arms(samples=100, **axes)) == len(arms(**axes)) == 63
    with pytest.raises(InvalidRecipe, match=r"at most 1,000 combinations; received 8,000"):
        arms(
            **{
                f"{path}": list(range(1, 21))
                for path in ("training__epochs", "stopping__patience", "split__seed")
            }
        )


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ({"gradient__max_nrom": [1.0]}, "max_nrom: extra inputs are not permitted"),
        ({"gradient__id": ["none"], "gradient__max_norm": [1.0]}, "No combination has this field"),
        ({"gradient__id": ["gpt"]}, "gradients must be one of .* received 'gpt'"),
        ({"gradient__max_norm": [-1.0]}, "max_norm: .*greater than 0"),
    ],
)
def test_what_cannot_vary_is_said(vary: dict, words: str) -> None:
    with pytest.raises(InvalidRecipe, match=words):
        arms(**vary)


def test_a_design_leaves_the_seed_to_itself() -> None:
    with pytest.raises(ValueError, match="set seeds instead"):
        Design(recipe=PLAIN, vary=(Vary(path="seed", values=(1, 2)),))
    with pytest.raises(ValueError, match="may vary once"):
        Design(
            recipe=PLAIN, vary=(Vary(path="split.seed", values=(1,)), Vary(path="split.seed", values=(2,)))
        )
    assert Design(recipe=PLAIN, seeds=(3, 3, 1)).seeds == (3, 1)


def test_each_value_by_itself_stands_beside_the_recipe_and_its_twin_without_clips() -> None:
    axes = (
        Vary(path="inputs.default.id", values=("tukey", "sigma")),
        Vary(path="gradient", values=({"id": "value", "max_value": 0.5},)),
    )
    bare = PLAIN.model_copy(update={"gradient": Choice(id="none")})
    found = list(variants(Design(recipe=bare, vary=axes, apart=True)))
    assert [each.reference for each in found] == ["", *["no input clamp or gradient clip"] * 3]
    assert [clips(each.recipe) for each in found] == [(), ("inputs",), ("inputs",), ("gradient",)]
    own = list(variants(Design(recipe=PLAIN, vary=axes, apart=True)))
    assert own[1].recipe.gradient.id == "global_norm" and clips(own[1].recipe) == ("gradient",), "as it is"
    assert [clips(each.recipe) for each in own[2:]] == [("inputs", "gradient")] * 2 + [("gradient",)]
    drawn = list(variants(Design(recipe=bare, vary=axes, apart=True, samples=2)))
    assert len(drawn) == 3


def test_each_family_of_clips_stands_by_itself_beside_all_of_them() -> None:
    recipe = Recipe(data=PLAIN.data, inputs=Inputs(default=Choice(id="tukey")), activation=Choice(id="fixed"))
    bare, whole, *parts = variants(Design(recipe=recipe, families_alone=True))
    assert [clips(each.recipe) for each in parts] == [("inputs",), ("activation",), ("gradient",)]
    assert [each.name for each in parts] == ["only Tukey fences", "only Fixed", "only Global norm"]
    assert whole.parts == tuple(each.name for each in parts)
    assert all(each.reference == bare.name == "no clip" for each in (whole, *parts))
    before = variants(Design(recipe=recipe))
    assert [each.name for each in before] == [bare.name, whole.name], "what was trained keeps its names"
    one = Recipe(data=PLAIN.data, activation=Choice(id="none"))
    assert len(variants(Design(recipe=one, families_alone=True))) == 2, "a single family stands alone already"
