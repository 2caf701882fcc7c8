import numpy as np
import pytest

from clipviz.analysis.verdict.arm import Arm, Outcome
from clipviz.analysis.verdict.verdict import Verdict, judge
from clipviz.core.metric import METRICS
from tests.analysis.verdict.test_verdict import arm

MAE = METRICS["mae"]


def lost(seeds: int) -> np.ndarray:
    return np.full(seeds, np.nan)


def sided(reference, clipped, *others: Arm) -> Verdict:
    return judge([arm("none", reference), arm("norm 1", clipped, "none"), *others], MAE)


def test_where_nothing_trains_without_the_clip_the_verdict_says_so_with_counts_and_intervals() -> None:
    verdict = sided(lost(10), np.linspace(2, 3, 10))
    assert verdict.comparisons[0].relation == "better" and verdict.comparisons[0].mean is None
    assert verdict.sentence == (
        "Only with a clip does this train: norm 1 beside none: 0 of 10 runs of norm 1 (95% CI 0% to 28%) and 10 of 10 "
        "runs of none (95% CI 72% to 100%) diverged (10 paired seeds, Holm p = 0.002). It reaches a mean test MAE of "
        "2.50."
    )
    assert any("lower learning rate may keep none from diverging" in said for said in verdict.warnings)


def test_few_seeds_that_all_diverged_are_no_lack_of_evidence_but_a_lack_of_seeds() -> None:
    verdict = sided(lost(4), np.linspace(2, 3, 4))
    assert verdict.sentence == (
        "0 of 4 runs of norm 1 (95% CI 0% to 49%) and 4 of 4 runs of none (95% CI 51% to 100%) diverged, but 4 paired "
        "seeds, Holm p = 0.12 cannot show a difference: add seeds."
    )
    assert "at least 6 seeds" in verdict.advice[0]


def test_an_arm_of_which_all_runs_diverged_does_not_train() -> None:
    verdict = sided(np.linspace(2, 3, 10), lost(10))
    assert verdict.comparisons[0].relation == "worse"
    assert verdict.sentence.startswith("norm 1 does not train: 10 of 10 runs of norm 1 (95% CI 72% to 100%)")


def test_where_every_run_diverged_there_is_nothing_to_compare() -> None:
    other = arm("norm 9", lost(7), "none")
    verdict = sided(lost(7), lost(7), other)
    assert {each.relation for each in verdict.comparisons} == {"both diverged"}
    assert verdict.sentence == (
        "All 7 runs of norm 1 diverged, and all 7 of none (95% CI 65% to 100% of each): there is nothing to compare."
    )
    assert verdict.context[1:] == ["Diverged at every seed, as none did: norm 9."]
    assert "Lower the learning rate" in verdict.advice[0] and len(verdict.advice) == 1


def test_pairs_that_never_both_ended_have_no_difference_in_the_metrics_unit() -> None:
    first, second = np.linspace(2, 3, 8), np.linspace(2, 3, 8)
    first[:4], second[4:] = np.nan, np.nan
    verdict = sided(first, second)
    assert verdict.sentence.startswith(
        "No evidence of a difference between norm 1 and none (8 paired seeds, Holm p = 0.52). Diverged: 4 of 8 runs"
    )


def test_a_metric_without_a_value_on_the_test_rows_is_nobodys_divergence() -> None:
    nowhere = {seed: Outcome(undefined=True, validation=0.5, seconds=1.0) for seed in range(6)}
    arms = [Arm(name="none", outcomes=nowhere), Arm(name="norm 1", outcomes=nowhere, reference="none")]
    verdict = judge(arms, METRICS["r2"])
    assert verdict.sentence.startswith(
        "There is no test R² of these 12 runs: on their test rows it has no value"
    )
    assert [each.undefined for each in verdict.arms] == [6, 6] and not verdict.warnings and not verdict.advice
    assert not verdict.context
    assert all(each.diverged.count == 0 and not each.metrics for each in verdict.arms)


@pytest.mark.parametrize("seeds", [3, 5])
def test_seeds_too_few_for_the_exact_test_have_no_power_whatever_t_says(seeds: int) -> None:
    base = np.linspace(5, 6, seeds)
    found = sided(base, base - 2 + 0.1 * np.arange(seeds)).comparisons[0]
    assert not found.power and found.smallest is None
    assert len(found.seeds) + (found.more_seeds or 0) >= 6
