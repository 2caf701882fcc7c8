import numpy as np

from clipviz.analysis.verdict.sign_flip import sign_flip
from clipviz.analysis.verdict.worst_rank import ranks


def test_runs_that_diverged_are_tied_at_the_end() -> None:
    a, b = ranks(np.array([1.0, np.nan, 3.0]), np.array([2.0, np.inf, 4.0]))
    assert a.tolist() == [1, 5.5, 3] and b.tolist() == [2, 5.5, 4]


def test_divergence_alone_can_decide() -> None:
    fine = np.random.default_rng(0).normal(size=12)
    a, b = ranks(np.full(12, np.nan), fine)
    assert sign_flip(a - b).p < 0.001


def test_alike_arms_that_diverge_now_and_then_keep_the_level() -> None:
    generator = np.random.default_rng(0)
    values = generator.normal(size=(1000, 2, 8))
    values[generator.uniform(size=values.shape) < 0.2] = np.nan
    claims = [sign_flip(np.subtract(*ranks(a, b))).p <= 0.05 for a, b in values]
    assert np.mean(claims) <= 0.06
