"""What a search comes to, in words."""

from clipviz.analysis.recommendation import _helps, dropped
from clipviz.core.recipe import Choice, Data, Recipe

BARE = Recipe(data=Data(dataset="0" * 16, target="y"))
OWN = BARE.model_copy(update={"target_clamp": Choice(id="tukey"), "gradient": Choice(id="global_norm")})


def test_a_search_that_ran_out_of_time_says_so_before_it_says_what_to_take() -> None:
    assert _helps("ZClip", ["gradient clip"], 3, 33, leads=True, learned=True).startswith(
        "Of the 3 of 36 policies that there was time for, ZClip (gradient clip) led"
    )
    assert _helps("ZClip", ["gradient clip"], 36, 0, leads=True, learned=True).startswith(
        "Take ZClip (gradient clip): of 36 policies it led"
    )


def test_what_the_recommended_recipe_leaves_out_of_anothers_clips() -> None:
    other = BARE.model_copy(update={"gradient": Choice(id="zclip"), "activation": Choice(id="none")})
    own = OWN.model_copy(update={"activation": Choice(id="none")})
    assert dropped(own, other) == ["target clamp"]
    assert dropped(other, own) == [] and dropped(own, own) == []


def test_nobody_is_told_to_take_what_has_learned_hardly_anything() -> None:
    said = _helps("Tukey fences", ["an input clamp"], 40, 0, leads=True, learned=False)
    assert "hardly better than a constant prediction" in said and "Take" not in said
