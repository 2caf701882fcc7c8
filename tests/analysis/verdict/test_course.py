from datetime import UTC, datetime

import numpy as np

from clipviz.analysis.verdict.course import Course
from clipviz.analysis.verdict.sign_flip import sign_flip
from clipviz.analysis.verdict.verdict import Verdict, judge
from clipviz.core.metric import METRICS
from clipviz.core.sweep import Extension
from tests.analysis.verdict.test_verdict import arm

MAE = METRICS["mae"]
AT = datetime(2026, 11, 3, 14, 5, tzinfo=UTC)


def extended(differences, *seeds: range, **fields) -> Verdict:
    base = np.linspace(5, 6, len(differences))
    more = tuple(Extension(seeds=tuple(some), at=AT, ended=20) for some in seeds)
    course = Course(planned=MAE, extensions=more, **fields)
    return judge([arm("none", base), arm("norm 1", base + differences, "none")], MAE, course=course)


def test_seeds_added_after_a_look_are_a_caution_and_speak_by_themselves() -> None:
    gone = np.concatenate([np.linspace(-1.1, -0.9, 10), np.linspace(-0.1, 0.1, 10)])
    verdict = extended(gone, range(10, 20))
    assert verdict.comparisons[0].relation == "better"
    [said] = verdict.warnings
    assert said.startswith(
        "10 of 20 seeds were added on 3 November 2026 at 14:05 UTC, when 20 runs had ended"
    )
    assert (
        "go by the 10 seeds added last alone, corrected p held against 0.025: No evidence of a difference"
        in said
    )
    assert verdict.again is not None and verdict.again.seeds == list(range(10, 20))
    assert (
        verdict.again.comparison.relation == "no evidence" and abs(verdict.again.comparison.mean or 0) < 1e-9
    )
    assert not extended(gone).warnings and extended(gone).again is None


def test_the_added_seeds_alone_are_what_a_sweep_of_them_says() -> None:
    differences = np.random.default_rng(0).normal(-1, 1, 20)
    again = extended(differences, range(8, 20)).again
    alone = extended(differences[8:]).comparisons[0]
    assert again is not None
    for name in ("mean", "low", "high", "p", "p_holm"):
        np.testing.assert_allclose(getattr(again.comparison, name), getattr(alone, name))


def test_whoever_goes_on_until_a_difference_shows_claims_one_by_added_seeds_in_five_percent_at_most() -> None:
    generator = np.random.default_rng(1)
    goes = tuple(Extension(seeds=(0,), at=AT, ended=1) for _ in range(3))
    levels = [Course(planned=MAE, extensions=goes[:k]).level(0.05) for k in (1, 2, 3)]
    assert sum(levels) < 0.05
    pooled = fresh = 0
    for _ in range(400):
        parts = generator.normal(size=(4, 9))
        pooled += any(sign_flip(parts[:k].ravel()).p <= 0.05 for k in (1, 2))
        fresh += any(sign_flip(part).p <= level for part, level in zip(parts[1:], levels, strict=True))
    assert fresh / 400 <= 0.05 < pooled / 400


def test_another_metric_than_the_planned_one_is_marked_as_exploration() -> None:
    arms = [arm("none", np.linspace(0.5, 0.6, 8)), arm("norm 1", np.linspace(0.6, 0.7, 8), "none")]
    verdict = judge(arms, METRICS["r2"], course=Course(planned=MAE))
    assert verdict.exploratory
    assert verdict.warnings[0].startswith(
        "Exploratory: the verdict of these runs was to be about MAE. With R²"
    )
    assert not judge(arms, METRICS["r2"], course=Course(planned=METRICS["r2"])).exploratory


def test_runs_that_somebody_deleted_are_missed() -> None:
    [said] = extended(np.linspace(-1, -0.5, 8), gone=3).warnings
    assert said.startswith("3 planned runs were deleted") and "trains them again" in said
    [said] = extended(np.linspace(-1, -0.5, 8), stopped=1).warnings
    assert said.startswith("1 planned run was stopped and left out") and "in a new sweep" in said
