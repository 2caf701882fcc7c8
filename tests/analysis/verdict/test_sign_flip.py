import numpy as np
import pytest
from scipy import stats

from clipviz.analysis.verdict import sign_flip as module
from clipviz.analysis.verdict.sign_flip import sign_flip, smallest


def test_the_vector_of_the_reference() -> None:
    found = sign_flip(np.array([0.8, 0.3, 0.5, -0.1, 0.6]))
    assert (found.p, found.exact, found.patterns) == (0.125, True, 32)


@pytest.mark.parametrize("n", [2, 4, 9])
def test_it_agrees_with_scipy_over_all_patterns(n: int) -> None:
    differences = np.random.default_rng(n).normal(0.5, 1, n)
    judge = stats.permutation_test(
        (differences,), np.sum, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
    )
    assert sign_flip(differences).p == pytest.approx(min(1.0, judge.pvalue))


def test_on_ranks_it_is_wilcoxon() -> None:
    differences = np.random.default_rng(3).normal(0.6, 1, 11)
    signed = np.sign(differences) * stats.rankdata(np.abs(differences))
    assert sign_flip(signed).p == pytest.approx(stats.wilcoxon(differences, method="exact").pvalue)


def test_the_smallest_p_is_two_over_two_to_the_n() -> None:
    for n in (1, 5, 6, 20):
        found = sign_flip(np.ones(n))
        assert found.exact and found.p == smallest(n) == 2 / 2**n
    assert smallest(5) > 0.05 > smallest(6)


def test_beyond_twenty_it_draws_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    differences = np.random.default_rng(0).normal(0.35, 1, 20)
    exact = sign_flip(differences)
    monkeypatch.setattr(module, "MOST_EXACT", 19)
    drawn, again, other = sign_flip(differences), sign_flip(differences), sign_flip(differences, seed=1)
    assert not drawn.exact and "random" in drawn.words and drawn == again
    assert drawn.p != other.p and drawn.p == pytest.approx(exact.p, abs=0.005)
    assert sign_flip(np.full(30, 1.0)).p == 1 / 100_001, "never 0"


def test_equal_and_missing_differences() -> None:
    assert sign_flip(np.zeros(4)).p == sign_flip(np.zeros(0)).p == 1
    assert sign_flip(np.array([0.1, 0.2, 0.3]) * 1e-300).p == 0.25, "units do not matter"
    assert sign_flip(np.array([0.1 + 0.2, -0.3])).p == 1, "a difference by rounding is a tie"
