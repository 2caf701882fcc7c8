"""Mean ± k sigma."""

import statistics

import numpy as np
import pytest

from clipviz.policies.inputs.sigma import SigmaClamp


def twin(policy: SigmaClamp, values: np.ndarray) -> np.ndarray:
    mean = statistics.fmean(values)
    reach = policy.k * (statistics.stdev(values) if policy.ddof else statistics.pstdev(values))
    return np.array([min(max(value, mean - reach), mean + reach) for value in values])


X10 = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 100])


def test_the_reference_numbers() -> None:
    assert SigmaClamp(k=2, ddof=1).fit(X10).hi == pytest.approx(74.804781)
    assert SigmaClamp(k=3, ddof=0).fit(X10).hi == pytest.approx(100.315208)


def test_it_says_when_it_cannot_fire() -> None:
    assert "k = 3 cannot fire in 10 rows" in SigmaClamp(k=3).fit(X10).note
    assert SigmaClamp(k=3).fit(np.arange(12.0)).note == ""
    assert SigmaClamp(k=3, ddof=0).fit(np.arange(10.0)).note != ""
    assert SigmaClamp(k=3, ddof=0).fit(np.arange(11.0)).note == ""


def test_huge_values_do_not_overflow() -> None:
    found = SigmaClamp().fit(np.array([1e308, -1e308, 0.0] * 20))
    assert np.isinf(found.hi) or found.hi > 1e308


def test_a_small_spread_at_a_large_offset() -> None:
    values = 1.7e18 + 256 * (np.arange(200.0) % 4)
    bounds = SigmaClamp(k=1, ddof=0).fit(values)
    assert (bounds.hi - bounds.lo) / 2 == pytest.approx(256 * 1.25**0.5, abs=256)
    assert bounds.lo < 1.7e18 + 384 < bounds.hi
