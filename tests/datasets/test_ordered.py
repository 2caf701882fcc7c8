"""Parts answer like one sorted array; plain numpy is the slow twin."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clipviz.datasets.ordered import Ordered, smallest

finite = st.floats(allow_nan=False, allow_infinity=False)
parts_of = st.lists(arrays(np.float64, st.integers(0, 40), elements=finite), min_size=1, max_size=4).filter(
    lambda parts: any(len(part) for part in parts)
)


@settings(deadline=None, max_examples=60)
@given(parts_of, finite, st.floats(0, 1))
def test_ranks_values_and_quantiles(parts, value, q):
    whole = np.sort(np.concatenate(parts))
    ordered = Ordered(*(np.sort(part) for part in parts))
    assert len(ordered) == len(whole) and (ordered.least, ordered.most) == (whole[0], whole[-1])
    assert [ordered.at(place) for place in range(len(whole))] == whole.tolist()
    assert ordered.rank(value) == (whole < value).sum()
    assert ordered.rank(value, "right") == (whole <= value).sum()
    np.testing.assert_array_equal(ordered.highest(3), whole[-3:])
    np.testing.assert_array_equal(ordered.lowest(3), whole[:3])
    assert ordered.quantile(q) == Ordered(whole).quantile(q)


@settings(deadline=None, max_examples=60)
@given(parts_of, finite)
def test_distances_are_ranked_like_sorted_ones(parts, centre):
    whole = np.concatenate(parts)
    ordered = Ordered(*(np.sort(part) for part in parts))
    expected = np.sort(np.abs(whole / 2 - centre / 2))
    found = [ordered.distance(centre, place) for place in range(len(whole))]
    np.testing.assert_array_equal(found, expected)


@given(finite, finite, finite)
def test_smallest_is_exact(a, b, c):
    low, wanted, high = sorted((a, b, c))
    assert smallest(lambda value: value >= wanted, low, high) == wanted
