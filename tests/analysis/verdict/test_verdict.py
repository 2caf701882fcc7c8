import math
import re

import numpy as np
import pytest

from clipviz.analysis.verdict.arm import Arm, Outcome
from clipviz.analysis.verdict.screening import Screening
from clipviz.analysis.verdict.verdict import Verdict, judge
from clipviz.analysis.verdict.words import advice
from clipviz.core.errors import ClipvizError
from clipviz.core.metric import METRICS

MAE = METRICS["mae"]
D = np.array([0.8, 0.3, 0.5, -0.1, 0.6])


def arm(name: str, values, reference: str = "", fired: float | None = 0.2, **fields) -> Arm:
    """An arm with a gradient clip, unless it is a reference; NaN stands for a run that diverged."""
    clips = ("gradient",) if reference else ()
    shares = {} if fired is None or not reference else {"gradient": fired}
    outcomes = {
        seed: Outcome(metric=None, diverged=True, fired=shares, seconds=1)
        if math.isnan(value)
        else Outcome(metric=value, validation=value, fired=shares, seconds=2)
        for seed, value in enumerate(np.asarray(values, float).tolist())
    }
    return Arm(name=name, outcomes=outcomes, reference=reference, **({"clips": clips} | fields))


def pair(differences, **fields) -> Verdict:
    base = np.linspace(5, 6, len(differences))
    return judge([arm("none", base), arm("norm 1", base + differences, "none", **fields)], MAE)


def test_a_clear_difference_is_said_in_the_metrics_unit() -> None:
    verdict = pair(np.linspace(-0.5, -0.1, 10))
    assert verdict.comparisons[0].relation == "better"
    assert re.fullmatch(
        r"norm 1 lowers test MAE by 0\.300 \(95% CI 0\.204 to 0\.396, 10 paired seeds, Holm p = 0\.002\)\.",
        verdict.sentence,
    ), verdict.sentence
    assert pair(np.linspace(0.1, 0.5, 10)).sentence.startswith(
        "norm 1 raises test MAE by 0.300, which is worse than none (95% CI 0.204 to 0.396"
    )


def test_where_higher_is_better_the_words_turn_round() -> None:
    base = np.linspace(0.5, 0.6, 8)
    arms = [arm("none", base), arm("norm 1", base + np.linspace(0.01, 0.03, 8), "none")]
    verdict = judge(arms, METRICS["accuracy"])
    assert verdict.comparisons[0].relation == "better" and verdict.comparisons[0].wins_paired == 1
    assert verdict.sentence.startswith("norm 1 raises test accuracy by 0.0200 (95%")


def test_no_evidence_is_an_answer_and_advice_follows() -> None:
    verdict = pair(np.random.default_rng(0).normal(0, 1, 10))
    assert verdict.comparisons[0].relation == "no evidence"
    assert verdict.sentence.startswith("No evidence of a difference in test MAE between norm 1 and none: ")
    advice = " ".join(verdict.advice)
    assert "four times in five" in advice and "set the largest one that does not matter" in advice


def test_five_seeds_cannot_show_anything_and_are_told_so() -> None:
    verdict = pair(-D)
    found = verdict.comparisons[0]
    assert (found.p, found.p_holm, found.relation) == (0.125, 0.125, "no evidence")
    assert found.d_z == pytest.approx(-1.2279, abs=5e-5) and found.hedges_g == pytest.approx(
        -0.9797, abs=5e-5
    )
    assert pair(np.full(5, -1.0) + 0.01 * D).comparisons[0].relation == "no evidence", (
        "however clear it looks"
    )
    assert "cannot go below p = 0.0625" in verdict.advice[0]
    three = judge([arm("none", D), *(arm(f"{k}", D - k, "none") for k in range(2, 6))], MAE)
    assert pair(-np.ones(6) + 0.01 * np.arange(6)).comparisons[0].relation == "better"
    assert any("Holm" in said or "exact test" in said for said in three.advice)


def test_an_arm_that_never_fired_is_named_as_identical() -> None:
    verdict = pair(np.zeros(10), fired=0.0)
    assert verdict.comparisons[0].relation == "identical"
    assert verdict.sentence == "norm 1 never fired: it is identical to none."
    assert verdict.arms[1].never_fired
    rounded = pair(np.full(10, 1e-6), fired=0.0, added=("gradient",))
    assert rounded.comparisons[0].relation == "identical", "rounding is no effect"
    other = pair(np.linspace(-0.5, -0.1, 10), fired=0.0)  # beside one of another width, as among picked runs
    assert other.comparisons[0].relation == "better" and "identical" not in other.sentence
    assert "norm 1: its gradient clip never fired." in other.warnings
    same = pair(np.zeros(10), fired=None)
    assert "the very numbers" in same.sentence and not same.arms[1].never_fired


def test_no_difference_that_matters_needs_a_margin() -> None:
    base = np.linspace(5, 6, 12)
    arms = [arm("none", base), arm("norm 1", base + np.tile([0.01, -0.01], 6), "none")]
    assert judge(arms, MAE).comparisons[0].relation == "no evidence"
    verdict = judge(arms, MAE, margin=0.1)
    assert verdict.comparisons[0].relation == "equivalent"
    assert "are equivalent in test MAE: the difference is within ±0.100" in verdict.sentence
    shifted = [arms[0], arm("norm 1", base - 0.02 + np.tile([0.01, -0.01], 6), "none")]
    assert "It is real, yet within the ±0.100 that do not matter." in judge(shifted, MAE, margin=0.1).sentence
    assert judge(arms, MAE, margin=0.001).comparisons[0].relation == "no evidence"


def test_runs_that_diverged_count_and_are_named() -> None:
    base = np.linspace(5, 6, 10)
    lost = base + np.linspace(-0.02, 0.03, 10)
    lost[:8] = np.nan
    verdict = judge([arm("none", lost), arm("norm 1", base, "none")], MAE)
    found = verdict.comparisons[0]
    assert found.ranked and found.finite == 2 and found.relation == "better" and found.wins_paired == 1
    assert verdict.sentence.startswith(
        "norm 1 is better than none in test MAE, runs that diverged ranked last (−0.0272, 95% CI −0.0625 to +0.00807 "
        "of the 2 paired seeds in which neither diverged, 10 paired seeds, Holm p = 0.002)."
    )
    assert (
        "Diverged: 0 of 10 runs of norm 1 (95% CI 0% to 28%) and 8 of 10 runs of none (95% CI 49% to 94%)"
        in (verdict.sentence)
    )
    share = verdict.arms[0].diverged
    assert (share.count, share.total) == (8, 10) and 0.4 < share.low < 0.8 < share.high < 1
    assert verdict.arms[0].metrics[0] is None and found.differences[0] is None


def test_the_arm_is_chosen_on_validation_rows_and_judged_on_test_rows() -> None:
    base = np.linspace(5, 6, 10)
    good_on_test = arm("a", base - np.linspace(1, 2, 10), "none")
    good_on_validation = arm("b", base + np.linspace(1, 2, 10), "none")
    outcomes = {
        seed: each.model_copy(update={"validation": 0.1})
        for seed, each in good_on_validation.outcomes.items()
    }
    arms = [arm("none", base), good_on_test, good_on_validation.model_copy(update={"outcomes": outcomes})]
    verdict = judge(arms, MAE)
    assert verdict.chosen == "b" and verdict.sentence.startswith("b raises test MAE")
    assert "chosen among several arms on the validation rows" in verdict.context[0]
    assert verdict.context[1:] == ["Better than none too: a."]


def test_a_tuned_arm_meets_the_best_tuned_reference() -> None:
    base = np.linspace(5, 6, 10)
    noise = np.linspace(0, 0.1, 10)
    arms = [
        arm("none, lr .1", base), arm("none, lr .01", base - 1 + noise),
        arm("clip, lr .1", base - 0.5 - noise, "none, lr .1"), arm("clip, lr .01", base, "none, lr .01"),
    ]  # fmt: skip
    verdict = judge(arms, MAE)
    assert len(verdict.comparisons) == 3
    headline = verdict.comparisons[verdict.headline]
    assert (headline.arm, headline.reference, headline.relation) == ("clip, lr .1", "none, lr .01", "worse")


@pytest.mark.parametrize(
    ("scale_free", "words"),
    [(True, "a constant shortening cancels"), (False, "learning rate by another name")],
)
def test_a_clip_that_always_fires_is_explained_by_its_optimiser(scale_free: bool, words: str) -> None:
    verdict = pair(np.linspace(-0.5, -0.1, 10), fired=0.97, scale_free=scale_free)
    assert words in verdict.warnings[0] and "97%" in verdict.warnings[0]
    assert pair(np.linspace(-0.5, -0.1, 10), fired=0.5, scale_free=scale_free).warnings == []


def test_a_clip_that_never_fired_is_its_reference_whatever_the_last_digits_say() -> None:
    base, off = np.linspace(5, 6, 10), np.linspace(1e-4, 9e-4, 10)
    shares = {"activation": 0.3, "gradient": 0.0}
    both = ("activation", "gradient")

    def judged(**fields) -> Verdict:
        other = arm("norm 9", base - off, "no gradient clip", clips=both, **fields)
        outcomes = {seed: each.model_copy(update={"fired": shares}) for seed, each in other.outcomes.items()}
        bare = arm("no gradient clip", base, clips=("activation",))
        return judge([bare, other.model_copy(update={"outcomes": outcomes})], MAE)

    verdict = judged(added=("gradient",))
    assert verdict.comparisons[0].relation == "identical" and not verdict.advice
    assert verdict.sentence == (
        "norm 9: its gradient clip never fired, so it is identical to no gradient clip."
    )
    assert judged(added=both).comparisons[0].relation == "better"
    assert judged().comparisons[0].relation == "better"


def test_what_weakens_a_verdict_is_said() -> None:
    base = np.linspace(5, 6, 10)
    verdict = judge([arm("norm 5", base, clips=("gradient",)), arm("norm 1", base[:7], "norm 5")], MAE)
    assert "All arms keep their gradient clip: this says which is better, not" in verdict.warnings[0]
    mixed = [arm("a", base, clips=("gradient",)), arm("b", base, clips=("inputs",)), arm("norm 1", base, "a")]
    assert "No arm is without a clip of any kind" in judge(mixed, MAE).warnings[0]
    assert (
        any("3 of 10 seeds" in each for each in verdict.warnings)
        or verdict.comparisons[0].relation == "identical"
    )
    part = judge([arm("none", base), arm("norm 1", base[:7] - np.linspace(0, 1, 7), "none")], MAE)
    assert any("3 of 10 seeds have not ended in both" in each for each in part.warnings)
    half = [arm(f"norm {n}", base[:n] - np.linspace(0, 1, n), "none") for n in (7, 8)]
    (unfinished,) = (each for each in judge([arm("none", base), *half], MAE).warnings if "not ended" in each)
    assert "norm 7 and none (3 of 10); norm 8 and none (2 of 10)" in unfinished
    partly = arm("both", base - 1, "none", fired=0.0, clips=("inputs", "gradient"))
    assert any(
        "its gradient clip never fired" in each for each in judge([arm("none", base), partly], MAE).warnings
    )


def test_arms_that_cannot_be_compared_are_refused() -> None:
    for arms, rule in (
        ([arm("none", D), arm("none", D, "none")], "different names"),
        (
            [arm("none", D, rows="a"), arm("x", D, "none", rows="b")],
            "same dataset, target, outliers and split",
        ),
        ([arm("none", D), arm("other", D)], "at least one arm with its reference"),
        ([arm("x", D, "none")], "reference must be an arm itself"),
    ):
        with pytest.raises(ClipvizError, match=rule):
            judge(arms, MAE)


def test_before_anything_has_ended_there_is_a_sentence_too() -> None:
    empty = judge([arm("none", []), arm("norm 1", [], "none")], MAE)
    assert empty.sentence == "Too few runs have ended to compare norm 1 with none: 0 paired seeds."
    one = judge([arm("none", [1]), arm("norm 1", [2], "none")], MAE)
    assert one.comparisons[0].relation == "too few" and one.comparisons[0].mean == 1
    Verdict.model_validate_json(one.model_dump_json())


def test_names_that_differ_only_in_name_are_claimed_to_differ_in_five_percent_at_most() -> None:
    generator = np.random.default_rng(0)
    claims = 0
    for _ in range(300):
        seeds, noise = generator.normal(size=10), generator.normal(size=(4, 10))
        arms = [arm("none", seeds + noise[0]), *(arm(f"{k}", seeds + noise[k], "none") for k in (1, 2, 3))]
        claims += any(each.relation in ("better", "worse") for each in judge(arms, MAE).comparisons)
    assert claims / 300 <= 0.05


def test_a_planted_effect_is_found_as_often_as_power_says() -> None:
    generator = np.random.default_rng(1)
    base = np.linspace(5, 6, 10)
    found = sum(
        judge([arm("none", base), arm("x", base + d, "none")], MAE).comparisons[0].relation == "better"
        for d in generator.normal(-1.0, 1.0, (300, 10))
    )
    assert found / 300 == pytest.approx(0.80, abs=0.05), "80 % for d_z = 1 with ten seeds"


def test_five_seeds_that_agree_are_told_to_be_too_few_rather_than_no_evidence() -> None:
    verdict = pair(np.array([-2.1, -2.2, -2.0, -2.15, -2.05]))
    assert verdict.comparisons[0].relation == "no evidence"
    assert verdict.sentence.startswith(
        "norm 1 looks better than none in test MAE, but 5 paired seeds cannot show it"
    )


def test_an_interval_that_counts_alone_and_not_among_several_is_explained() -> None:
    base, gain = np.linspace(5, 6, 10), np.array([0.5, 0.3, 0.6, 0.4, 0.2, 0.5, 0.3, 0.1, -0.15, -0.2])
    rest = [arm(f"norm {k}", base + 0.01 * k * (-1.0) ** np.arange(10), "none") for k in range(2, 8)]
    alone = judge([arm("none", base), arm("norm 1", base - gain, "none")], MAE)
    assert alone.comparisons[0].relation == "better"
    among = judge([arm("none", base), arm("norm 1", base - gain, "none"), *rest], MAE)
    found = among.comparisons[among.headline]
    assert found.arm == "norm 1" and found.relation == "no evidence" and found.high < 0
    assert re.search(r"leaves 0 out, .* by itself \(p = 0\.0\d+\); among 7 comparisons", among.sentence), (
        among.sentence
    )


def test_arms_that_agree_in_one_metric_only_are_not_called_identical() -> None:
    def said(**numbers: float) -> Arm:
        own = {seed: Outcome(metric=1.0, validation=1.0, numbers=(1.0, numbers["loss"])) for seed in range(6)}
        clips = ("gradient",) if numbers.get("clip") else ()
        return Arm(name=f"{len(clips)}", outcomes=own, clips=clips, reference="0" if clips else "")

    accuracy = METRICS["accuracy"]
    assert judge([said(loss=0.1), said(loss=0.2, clip=1)], accuracy).comparisons[0].relation == "no evidence"
    assert judge([said(loss=0.1), said(loss=0.1, clip=1)], accuracy).comparisons[0].relation == "identical"


def test_an_arm_that_left_early_weakens_nothing_and_is_no_measure_for_others() -> None:
    base = np.linspace(5, 6, 10)
    arms = [
        arm("none", base),
        arm("both", base - 1 + 0.01 * D[0], "none").model_copy(update={"parts": ("left",)}),
        arm("left", base[:8] + 1, "none", fired=0.99, scale_free=True),
    ]
    screening = Screening(left=frozenset({"left"}), fresh=frozenset())
    verdict = judge(arms, MAE, screening=screening)
    assert not verdict.warnings, verdict.warnings
    against = next(each for each in verdict.comparisons if each.reference == "left")
    assert (against.relation, against.p_holm) == ("left early", None), "it left because it looked worse"


def test_an_arm_that_left_before_fresh_seeds_were_trained_is_held_to_the_seeds_that_it_has() -> None:
    base = np.linspace(5, 6, 12)
    arms = [arm("none", base), arm("leader", base - 1, "none"), arm("idle", base[:3], "none")]
    screening = Screening(left=frozenset({"idle"}), fresh=frozenset(range(3, 12)), leader="leader")
    found = {each.arm: each for each in judge(arms, MAE, screening=screening).comparisons}
    assert found["leader"].seeds == list(range(3, 12)) and found["idle"].seeds == [0, 1, 2]
    assert (found["leader"].relation, found["idle"].relation) == ("better", "identical")


def test_clips_that_fired_at_every_step_did_not_do_so_at_more() -> None:
    base = np.linspace(5, 6, 6)
    arms = [arm("none", base), *(arm(name, base - 1 + 0.1 * D[0], "none", fired=1.0) for name in "ab")]
    [said] = judge(arms, MAE).warnings
    assert "a; b: the gradient clip fired at 100% of the steps, and" in said


def test_a_run_that_diverged_without_a_time_does_not_make_its_arm_look_cheap() -> None:
    lost = {0: Outcome(diverged=True), 1: Outcome(metric=1.0, seconds=4.0)}
    [_, found] = judge([arm("none", [1, 2]), Arm(name="a", outcomes=lost, reference="none")], MAE).arms
    assert found.seconds == 4.0


def test_arms_may_read_other_columns_of_the_same_rows_and_the_verdict_says_so() -> None:
    base = np.linspace(5, 6, 8)
    arms = [
        arm("all", base, reads={"columns": "all", "text": "none"}),
        arm("x", base - 1 + 0.1 * np.arange(8), "all", clips=(), reads={"columns": "x", "text": "none"}),
    ]
    verdict = judge(arms, MAE)
    assert verdict.comparisons[0].relation == "better"
    assert verdict.warnings[0].startswith(
        "Not all arms read the same (columns). They are judged on the same test rows"
    )
    assert not judge([arms[0], arms[1].model_copy(update={"reads": arms[0].reads})], MAE).warnings


def test_a_claim_needs_the_test_and_the_interval_and_says_which_of_them_does_not_agree() -> None:
    lone = -np.array([0.1, 0.2, 0.15, 0.1, 0.3, 0.2, 0.1, 0.15, 0.2, 60.0])
    verdict = pair(lone)
    found = verdict.comparisons[0]
    assert found.p_holm <= 0.05 and found.low < 0 < found.high and found.relation == "disputed"
    assert verdict.sentence.startswith("Not shown: by its signs over the seeds, norm 1 differs from none")
    assert "contains 0: −6.15 (95% CI −19.7 to +7.39, 10 paired seeds, Holm p = 0.002)" in verdict.sentence
    assert pair(lone, fired=0.2).advice, "it tells how to find out"
    equivalent = judge([arm("none", D), arm("x", D - 0.01 + 0.009 * D, "none")], MAE, margin=1.0)
    assert equivalent.comparisons[0].relation == "equivalent"
    base = np.linspace(5, 6, 10)
    two = [arm("none", base), arm("clear", base - 1 + 0.01 * lone, "none"), arm("x", base + lone, "none")]
    said = judge([*two, arm("y", base + 2 * lone + 1, "none")], MAE)
    assert any(line.startswith("The exact test tells them from none") for line in said.context) or (
        said.comparisons[said.headline].relation == "disputed"
    )


def test_no_claim_of_all_pairs_stands_beside_an_interval_that_contains_0() -> None:
    generator = np.random.default_rng(3)
    for _ in range(60):
        differences = generator.standard_t(1.1, size=8) - 1
        found = pair(differences).comparisons[0]
        if found.relation in ("better", "worse"):
            assert found.p_holm <= 0.05 and not found.low <= 0 <= found.high
            assert (found.mean < 0) == (found.relation == "better")


def test_better_by_its_ranks_alone_says_where_it_is_worse() -> None:
    base = np.linspace(5, 6, 20)
    none = np.where(np.arange(20) < 10, base, np.nan)
    verdict = judge([arm("none", none), arm("x", base + 0.1 + 0.001 * np.arange(20), "none")], MAE)
    assert verdict.comparisons[0].relation == "better"
    assert "Where neither diverged it is worse." in verdict.sentence
    assert "neither diverged it" not in judge([arm("none", none), arm("x", base - 1, "none")], MAE).sentence


def test_to_be_equivalent_is_a_claim_that_is_corrected_over_its_family_too() -> None:
    base, noise = np.linspace(5, 6, 10), np.array([1, -1, 2, -2, 1, -1, 2, -2, 1, -1]) / 10
    alone = judge([arm("none", base), arm("x", base + noise, "none")], MAE, margin=0.1)
    [found] = alone.comparisons
    assert found.relation == "equivalent" and found.p_equivalent == found.p_equivalent_holm
    assert 0.01 < found.p_equivalent < 0.05 and "two one-sided tests, Holm p = 0.0" in alone.sentence
    several = [arm(f"{k}", base + noise * (1 + k / 1000), "none") for k in range(8)]
    among = judge([arm("none", base), *several], MAE, margin=0.1).comparisons
    assert all(each.relation == "no evidence" and each.p_equivalent < 0.05 for each in among)
    assert among[0].p_equivalent_holm == pytest.approx(8 * among[0].p_equivalent)


def test_one_more_seed_is_one() -> None:
    found = pair(np.linspace(-0.5, 0.1, 10)).comparisons[0].model_copy(update={"relation": "no evidence"})
    for count, words in ((1, "1 more seed would"), (2, "2 more seeds would")):
        said = advice(found.model_copy(update={"more_seeds": count}), MAE, 0.05, 1)
        assert any(words in each for each in said), said
