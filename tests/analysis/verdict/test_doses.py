from clipviz.analysis.verdict import doses, gather
from clipviz.core.metric import METRICS
from clipviz.core.recipe import Recipe
from clipviz.core.run import State
from clipviz.core.sweep import Design, Vary
from clipviz.runs.sweeps.variants import variants
from tests.analysis.verdict.test_gather import CLIPPED, run

DIRTY = CLIPPED.replace("data.contamination.where", "training")


def groups(recipe: Recipe, *vary: Vary) -> list[gather.Group]:
    """Two seeds an arm; the metric is ten times the rate, with a clip half as much; one run at 0.2 diverged."""
    made = []
    for variant in variants(Design(recipe=recipe, vary=vary)):
        rate = variant.recipe.data.contamination.rate
        mae = 1 + 10 * rate * (0.5 if variant.reference else 1)
        runs = {seed: run(variant, seed, mae=mae + 0.1 * seed) for seed in (0, 1)}
        if rate == 0.2 and not variant.reference:
            runs[1] = run(variant, 1, State.FAILED, reason="Training diverged: no finite step since step 3")
        made.append(gather.Group(variant, runs))
    return made


def test_a_policy_is_one_curve_over_the_doses_and_its_reference_another() -> None:
    found = doses.curves(
        groups(DIRTY, Vary(path="data.contamination.rate", values=(0.2, 0, 0.1))), METRICS["mae"]
    )
    assert found is not None and found.percent and found.axis == "share of the training rows with an outlier"
    bare, clipped = found.curves
    assert (bare.policy, clipped.policy) == ("no clip", "Tukey fences + Global norm")
    assert [point.dose for point in bare.points] == [0, 0.1, 0.2]
    assert [round(point.mean or 0, 6) for point in clipped.points] == [1.05, 1.55, 2.05]
    assert [(point.runs, point.diverged) for point in bare.points] == [(2, 0), (2, 0), (2, 1)]
    assert bare.points[2].low is None and clipped.points[2].low is not None


def test_arms_are_compared_within_a_dose_the_dirtiest_last() -> None:
    found = doses.by_dose(groups(DIRTY, Vary(path="data.contamination.rate", values=(0.1, 0))))
    assert [doses.in_words(dirt) for dirt, _ in found] == [
        "no outliers",
        "outliers of 10 sd in 10 % of the training rows",
    ]
    for _, alike in found:
        assert len({arm.rows for arm in gather.arms(alike, METRICS["mae"])}) == 1


def test_two_growing_doses_are_a_curve_for_each_size_and_none_is_no_curve() -> None:
    both = (
        Vary(path="data.contamination.rate", values=(0, 0.1)),
        Vary(path="data.contamination.size", values=(3, 30)),
    )
    found = doses.curves(groups(DIRTY, *both), METRICS["mae"])
    assert found is not None and [curve.policy for curve in found.curves] == [
        "no clip · outlier size 3",
        "no clip · outlier size 30",
        "Tukey fences + Global norm · outlier size 3",
        "Tukey fences + Global norm · outlier size 30",
    ]
    sizes = doses.curves(groups(DIRTY, both[1]), METRICS["mae"])
    assert sizes is not None and sizes.axis == "size of the outliers in the training rows, in sd"
    assert doses.curves(groups(CLIPPED), METRICS["mae"]) is None
