import math
import warnings

import numpy as np
import pytest

from clipviz.analysis.verdict.multiplicity import benjamini_hochberg, holm

P = [0.001, 0.012, 0.02, 0.04]


def test_the_vectors_of_the_reference() -> None:
    assert holm(P) == pytest.approx([0.004, 0.036, 0.04, 0.04])
    assert benjamini_hochberg(P) == pytest.approx([0.004, 0.024, 0.026667, 0.04], abs=1e-6)


@pytest.mark.parametrize(("adjust", "method"), [(holm, "holm"), (benjamini_hochberg, "fdr_bh")])
def test_they_agree_with_statsmodels_in_any_order(adjust, method: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what importing it says is not ours
        from statsmodels.stats.multitest import multipletests

    for seed in range(5):
        given = np.random.default_rng(seed).uniform(size=9) ** 2
        assert adjust(given.tolist()) == pytest.approx(multipletests(given, method=method)[1].tolist())


def test_what_is_not_known_takes_no_part() -> None:
    assert holm([0.01, math.nan, 0.04])[::2] == pytest.approx([0.02, 0.04])
    assert math.isnan(holm([0.01, math.nan])[1])
    assert holm([]) == benjamini_hochberg([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]
