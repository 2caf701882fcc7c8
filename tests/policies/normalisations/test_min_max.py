"""A fixed range."""

import numpy as np
import pytest
from sklearn.preprocessing import MinMaxScaler

from clipviz.policies.normalisations.min_max import MinMax


def twin(policy: MinMax, values: np.ndarray) -> np.ndarray:
    least, most = min(values), max(values)
    low = -1 if policy.onto == "-1 … 1" else 0
    return np.array([low + (value - least) / (most - least) * (1 - low) for value in values])


@pytest.mark.parametrize(("onto", "ends"), [("0 … 1", (0, 1)), ("-1 … 1", (-1, 1))])
def test_it_is_sklearns(onto: str, ends: tuple[int, int]) -> None:
    values = np.random.default_rng(0).lognormal(size=200)
    found = MinMax(onto=onto).fit(values)
    theirs = MinMaxScaler(ends).fit_transform(values[:, None])[:, 0]
    np.testing.assert_allclose((values - found.centre) / found.scale, theirs, atol=1e-12)
