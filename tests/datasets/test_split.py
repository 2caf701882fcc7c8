"""Every row goes to exactly one part, by the split's own seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Split
from clipviz.datasets.split import split

shares = st.floats(0.01, 0.45)


@settings(deadline=None, max_examples=100)
@given(st.integers(10, 3000), shares, shares, st.integers(0, 2**32 - 1))
def test_parts_are_disjoint_cover_and_are_not_empty(rows, validation, test, seed):
    parts = split(rows, Split(validation=validation, test=test, seed=seed))
    assert sorted(np.concatenate(parts).tolist()) == list(range(rows))
    assert all(len(part) >= 1 and part.dtype == np.int64 and np.all(np.diff(part) > 0) for part in parts)


def test_same_seed_same_split_other_seed_other_split():
    one, again, other = (split(100, Split(seed=seed))[2].tolist() for seed in (1, 1, 2))
    assert one == again != other


def test_the_split_of_a_seed_never_changes():
    assert split(10, Split(seed=0))[2].tolist() == [4, 6]


def test_sizes():
    assert [len(part) for part in split(506, Split())] == [354, 76, 76]


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_too_few_rows(rows):
    with pytest.raises(InvalidRecipe, match=rf"at least one row each.*received {rows} rows.*Use more rows"):
        split(rows, Split())
