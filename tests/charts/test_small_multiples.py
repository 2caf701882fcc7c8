"""What is drawn for whom, and that a click can name its panel."""

import pytest

from clipviz.charts.palette import DARK, LIGHT
from clipviz.charts.small_multiples import PICK, Panel, small_multiples
from clipviz.core.bounds import Bounds
from clipviz.core.profile import Histogram
from tests.charts.spec import spec

DRAWN = Histogram(edges=(0.0, 1.0, 2.0, 3.0), counts=(5, 0, 2), below=1, above=3)


def rows(kind: str, *panels: Panel) -> list[dict]:
    drawn = spec(small_multiples(panels, LIGHT))
    return [row for row in drawn["data"]["values"] if row["kind"] == kind]


def test_every_value_is_drawn_and_those_beyond_the_bounds_stand_out() -> None:
    bins = rows("bin", Panel(0, "x", "", DRAWN, Bounds(hi=2.0)))
    assert sum(each["rows"] for each in bins) == 11
    assert sum(each["rows"] for each in bins if each["beyond"]) == 5
    assert all(each["left"] < each["right"] for each in bins)


def test_bounds_off_the_axis_are_not_drawn() -> None:
    lines = rows("bound", Panel(0, "x", "", DRAWN, Bounds(-50.0, 2.0)))
    assert [(each["left"], each["drawn"]) for each in lines] == [(0.0, False), (2.0, True)]


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_a_click_names_the_place_whatever_a_column_is_called(colours) -> None:
    odd = "<b>'a.b[0]':x</b>"
    panels = [Panel(0, odd, "said", DRAWN, Bounds(), True), Panel(1, "b", "", DRAWN, Bounds())]
    drawn = spec(small_multiples(panels, colours))
    assert [each["name"] for each in drawn["params"]] == [PICK]
    assert drawn["facet"]["sort"] == [odd, "b"]
    assert [(row["place"], row["chosen"]) for row in rows("panel", *panels)] == [(0, True), (1, False)]
