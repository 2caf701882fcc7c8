"""Rows and shares as they are; names as they are given."""

import numpy as np
import pytest

from clipviz.charts.palette import LIGHT
from clipviz.charts.tail_strip import MOST, OTHERS, Part, class_strip, tail_strip
from tests.charts.spec import spec


def part(name: str, target: np.ndarray, beyond: bool = False) -> Part:
    return Part(("the", name), np.arange(len(target)) * 1.0, target, len(target), beyond)


def test_points_stand_in_their_stretch_in_order_and_medians_are_of_all() -> None:
    target = np.arange(1_000.0)
    drawn = spec(tail_strip([part("inside", target), part("beyond", target[:9], True)], "price: <b>", LIGHT))
    shades, points, medians = (layer["data"]["values"] for layer in drawn["layer"])
    assert [(each["x"], each["end"]) for each in shades] == [(1, 2)]
    assert len(points) == MOST + 9
    assert all(int(each["x"]) == each["beyond"] for each in points)
    inside = [each["x"] for each in points if not each["beyond"]]
    assert inside == sorted(inside)
    assert [each["target"] for each in medians] == [499.5, 4.0]
    assert "price: <b>" in str(drawn)


def test_shares_add_up_and_rare_classes_become_one() -> None:
    codes = np.repeat(np.arange(9.0), np.arange(9, 0, -1))
    drawn = spec(class_strip([part("inside", codes)], [f"class {n}" for n in range(9)], LIGHT))
    rows = drawn["layer"][0].get("data", drawn.get("data"))["values"]
    assert sum(each["rows"] for each in rows) == len(codes)
    assert sum(each["share"] for each in rows) == pytest.approx(1.0)
    assert [each["rows"] for each in rows if each["class"] == OTHERS] == [3]
