"""The profile of parts is the profile of the whole, to the last bit."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clipviz.datasets import ordered as ordered_module
from clipviz.datasets.histograms import add, on_edges
from clipviz.datasets.merge import Part, merge
from clipviz.datasets.ordered import Ordered
from clipviz.datasets.profile import profile, profile_words, sort_finite

values = st.one_of(
    st.floats(width=64), st.sampled_from([0.0, -0.0, 1.0, 1.0, 2.5, -3.0, np.inf, -np.inf, np.nan, 1e308])
)
columns = st.lists(arrays(np.float64, st.integers(0, 80), elements=values), min_size=1, max_size=5)


def part(column):
    return Part(profile("x", "number", column), sort_finite(column))


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(ordered_module, "BLOCK", 7)


@settings(deadline=None, max_examples=60)
@given(columns)
def test_parts_give_the_profile_of_the_whole(parts):
    assert merge([part(each) for each in parts]) == profile("x", "number", np.concatenate(parts))


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("seed", range(20))
def test_blocks_are_cut_at_the_same_places(seed):
    generator = np.random.default_rng(seed)
    whole = np.where(generator.random(300) < 0.3, generator.integers(0, 3, 300), generator.standard_t(2, 300))
    cuts = np.sort(generator.integers(0, 300, 4))
    joined = Ordered(*(np.sort(each) for each in np.split(whole, cuts)))
    blocks = list(joined.blocks())
    assert [len(block) for block in blocks[:-1]] == [7] * (len(blocks) - 1)
    np.testing.assert_array_equal(np.concatenate(blocks), np.sort(whole))
    assert merge([part(each) for each in np.split(whole, cuts)]) == profile("x", "number", whole)


@settings(deadline=None, max_examples=100)
@given(columns, st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=6, unique=True))
def test_histograms_on_given_edges_add_up(parts, edges):
    ascending = np.sort(np.array(edges))
    drawn = [on_edges(Ordered(sort_finite(each)), ascending) for each in parts]
    whole = on_edges(Ordered(sort_finite(np.concatenate(parts))), ascending)
    total = drawn[0]
    for each in drawn[1:]:
        total = add(total, each)
    assert total == whole


def test_histograms_on_other_edges_do_not():
    one, other = (on_edges(Ordered(np.arange(4.0)), np.array(edges)) for edges in ([0.0, 1.0], [0.0, 2.0]))
    with pytest.raises(ValueError, match="same edges"):
        add(one, other)


@given(st.lists(st.lists(st.sampled_from("abcdef")), min_size=1, max_size=4))
def test_words_are_counted_together(parts):
    def of(words):
        counts = Counter(words)
        ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        return profile_words("w", "category", len(words), 0, len(counts), ranked), counts

    merged = merge([Part(known, words=counts) for known, counts in map(of, parts)])
    assert merged == of([word for part in parts for word in part])[0]


def test_whole_numbers_and_numbers_are_numbers():
    whole = Part(profile("x", "integer", np.arange(3.0)), np.arange(3.0))
    assert merge([whole, part(np.array([0.5]))]).kind == "number"
    with pytest.raises(ValueError, match="parts of one column"):
        merge([whole, Part(profile("y", "number", np.arange(3.0)), np.arange(3.0))])
