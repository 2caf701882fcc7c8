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


kinds = st.sampled_from(["stratified", "group", "time"])


@settings(deadline=None, max_examples=150)
@given(kinds, st.integers(12, 800), st.integers(3, 40), shares, shares, st.integers(0, 2**32 - 1))
def test_every_kind_covers_and_leaves_no_part_empty(kind, rows, different, validation, test, seed):
    keys = np.random.default_rng(seed).permutation(np.arange(rows) % different).astype(float)
    parts = split(rows, Split(kind=kind, column="c", validation=validation, test=test, seed=seed), keys)
    assert sorted(np.concatenate(parts).tolist()) == list(range(rows))
    assert all(len(part) >= 1 and np.all(np.diff(part) > 0) for part in parts)
    train, middle, last = (set(keys[part].tolist()) for part in parts)
    if kind == "group":
        assert not (train & middle or train & last or middle & last)
    if kind == "time":
        assert max(train) < min(middle) and max(middle) < min(last)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=8), st.integers(0, 9))
def test_strata_keep_their_shares_to_within_a_row(sizes, seed):
    keys = np.repeat(np.arange(float(len(sizes))), sizes)
    if len(keys) < 12:
        return
    parts = split(len(keys), Split(kind="stratified", seed=seed), keys)
    for place, size in enumerate(sizes):
        for part, share in zip(parts[1:], (0.15, 0.15), strict=True):
            assert abs((keys[part] == place).sum() - size * share) <= 1.5


def test_a_split_by_group_deals_out_about_the_shares():
    keys = np.repeat(np.arange(100.0), 10)
    assert [len(part) for part in split(1000, Split(kind="group", column="g"), keys)] == [700, 150, 150]


def test_rows_of_one_moment_stay_together():
    keys = np.array([1.0] * 50 + [2.0] * 3 + [3.0] * 47)
    train, validation, test = split(100, Split(kind="time", column="t"), keys)
    assert (len(train), len(validation), len(test)) == (50, 3, 47)


@pytest.mark.parametrize(
    ("kind", "words"), [("group", "at least three groups; received 2"), ("time", "three moments; received 2")]
)
def test_too_few_keys(kind, words):
    with pytest.raises(InvalidRecipe, match=words):
        split(20, Split(kind=kind, column="c"), np.arange(20.0) % 2)


def test_a_split_by_group_or_time_names_its_column():
    with pytest.raises(ValueError, match="needs a column"):
        Split(kind="group")
