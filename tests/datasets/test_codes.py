"""Codes for missing values are seen where they stand apart, and nowhere else; no bound is suggested beside them."""

import numpy as np
import pytest

from clipviz.datasets.codes import find
from clipviz.datasets.ordered import Ordered
from clipviz.datasets.profile import profile

numbers = np.random.default_rng(0)
TEMPERATURES = numbers.normal(15, 5, 500)
INCOMES = numbers.lognormal(10, 1, 500)


def seen(values, *more):
    return find(Ordered(np.sort(np.concatenate([values, *more]))))


@pytest.mark.parametrize("code", [-99.0, -999.0, -9999.0, 999.0, 9999.0, 99999.0])
def test_a_repeated_code_far_outside_is_seen(code):
    assert seen(TEMPERATURES, [code] * 7) == ((code, 7),)


def test_several_codes_are_seen_from_the_outside_in():
    assert seen(TEMPERATURES, [-9999.0] * 3, [-999.0] * 2, [9999.0] * 4) == (
        (-9999.0, 3), (-999.0, 2), (9999.0, 4)
    )  # fmt: skip


def test_the_only_value_below_zero_is_seen_beside_wide_ones():
    assert seen(INCOMES, [-999.0] * 5) == ((-999.0, 5),)
    assert seen(np.arange(20, 24.0).repeat(9), [-1.0] * 5) == ((-1.0, 5),)


def test_what_is_not_apart_or_not_repeated_is_none():
    assert seen(TEMPERATURES, [-999.0]) == ()
    assert seen(INCOMES - 5000, [-999.0] * 5) == ()
    assert seen(np.arange(-1, 6.0).repeat(5)) == ()
    assert seen(np.array([-1.0, 0.0, 1.0]).repeat(5)) == ()
    assert seen(np.minimum(INCOMES, 9999.0)) == ()  # cut off at the top: its neighbours are near
    assert seen(np.array([-999.0] * 9)) == () and seen(np.empty(0)) == ()


@pytest.mark.parametrize("index", [0.3, 0.5, 1.0])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_cap_on_a_heavy_tail_is_none(index, sign):
    """The tail leads up to it, however far its last values lie apart; such a pile is no code for missing."""
    share = 1 - (np.arange(400) + 0.5) / 400
    tail = 9999 * (0.01 / share) ** (1 / index)  # a hundredth reaches the cap
    assert seen(sign * np.minimum(tail, 9999.0)) == ()


def test_stray_outliers_do_not_hide_a_code():
    assert seen(TEMPERATURES, [7000.0, 8000.0], [9999.0] * 20) == ((9999.0, 20),)


def test_parts_of_a_column_give_the_same_answer():
    values = np.concatenate([TEMPERATURES, [-999.0] * 4])
    parts = [np.sort(part) for part in np.array_split(values, 3)]
    assert find(Ordered(*parts)) == seen(values)


def test_no_bound_is_suggested_beside_a_code():
    known = profile("t", "number", np.concatenate([TEMPERATURES, [-999.0] * 30]))
    assert known.codes == ((-999.0, 30),)
    assert known.suggestion is not None and known.suggestion.policy.id == "none"
    assert known.suggestion.pattern == "a code for missing?" and "30 times -999" in known.suggestion.reason
