import pytest

from clipviz.core.clips import clips, kinds
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice, Recipe
from clipviz.runs.sweeps.catalogue import OWN, SUGGESTED, catalogue, joined
from clipviz.store import Store
from tests.runs.conftest import DATASET


def test_every_policy_that_fits_stands_alone_beside_no_clip(store: Store, recipe: Recipe) -> None:
    dataset = store.datasets.get(DATASET)
    suggested = {"x": Choice.of("quantile", lower=0.0, upper=0.99)}
    reference, own, *arms = catalogue(recipe, dataset, suggested)
    assert own.name == OWN and clips(own.recipe) == clips(recipe) != ()
    assert reference.name == "no clip" and clips(reference.recipe) == () and reference.recipe.seed == 0
    assert {arm.reference for arm in arms} == {"no clip"}
    assert all(len(kinds(arm.recipe)) == 1 for arm in arms)
    targets = {arm.recipe.target_clamp.id for arm in arms if kinds(arm.recipe) == ("target",)}
    assert targets == {"quantile", "tukey", "double_mad"}
    assert arms[0].name == SUGGESTED and arms[0].recipe.inputs.columns["x"].id == "quantile"
    tried = {
        "inputs": {arm.recipe.inputs.default.id for arm in arms} - {"none"},
        "activation": {arm.recipe.activation.id for arm in arms} - {"none"},
        "gradient": {arm.recipe.gradient.id for arm in arms} - {"none"},
    }
    assert "tukey" in tried["inputs"] and not {"fixed", "pixel_range"} & tried["inputs"]
    assert {"fixed", "pact", "learned_tanh"} <= tried["activation"]
    assert not {"gelu", "stuck_gate", "softplus_relu"} & tried["activation"]
    assert {"global_norm", "zclip", "agc"} <= tried["gradient"]
    names = [arm.name for arm in arms]
    assert len(set(names)) == len(names), "arms are known by their names"


def test_suggestions_that_do_nothing_make_no_arm_and_a_wrong_recipe_is_said(
    store: Store, recipe: Recipe
) -> None:
    dataset = store.datasets.get(DATASET)
    assert SUGGESTED not in {arm.name for arm in catalogue(recipe, dataset, {"x": Choice(id="none")})}
    classes = catalogue(recipe.replace("data.task", "classification"), dataset, {})
    assert len(classes) > 20 and not any("Target" in arm.name for arm in classes)
    with pytest.raises(InvalidRecipe, match="must be a column"):
        catalogue(recipe.replace("data.target", "lost"), dataset, {})


def test_arms_of_different_families_are_joined(store: Store, recipe: Recipe) -> None:
    arms = {arm.name: arm for arm in catalogue(recipe, store.datasets.get(DATASET), {})}
    target = joined([arms["Tukey fences"], arms["Target: Quantiles"]])
    assert (target.recipe.inputs.default.id, target.recipe.target_clamp.id) == ("tukey", "quantile")
    both = joined([arms["Tukey fences"], arms["Hardtanh"], arms["ZClip"]])
    assert both.name == "Tukey fences + Hardtanh + ZClip" and both.reference == "no clip"
    assert clips(both.recipe) == ("inputs", "activation", "gradient")
    assert both.recipe.inputs.default.id == "tukey" and both.recipe.gradient.id == "zclip"
