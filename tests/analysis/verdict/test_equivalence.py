import math

import numpy as np
import pytest

from clipviz.analysis.verdict.equivalence import equivalence
from clipviz.analysis.verdict.paired import interval


def test_it_agrees_with_statsmodels() -> None:
    from statsmodels.stats.weightstats import ttost_paired

    generator = np.random.default_rng(0)
    a, b = generator.normal(size=12), generator.normal(size=12)
    for margin in (0.1, 0.5, 2.0):
        assert equivalence(a - b, margin).p == pytest.approx(ttost_paired(a, b, -margin, margin)[0])


def test_it_holds_just_where_the_90_percent_interval_lies_within_the_margin() -> None:
    differences = np.random.default_rng(1).normal(0.1, 1, 15)
    low, high = interval(differences, 0.90)
    reach = max(abs(float(low)), abs(float(high)))
    assert equivalence(differences, reach * 1.0001).holds()
    assert not equivalence(differences, reach * 0.9999).holds()


def test_edges() -> None:
    assert equivalence(np.zeros(5), 0.1).p == 0 and equivalence(np.ones(5), 0.1).p == 1
    assert math.isnan(equivalence(np.ones(1), 1).p) and math.isnan(equivalence(np.ones(5), 0).p)
    assert not equivalence(np.ones(1), 1).holds()
