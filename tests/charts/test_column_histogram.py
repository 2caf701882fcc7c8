from clipviz.charts.column_histogram import column_histogram
from clipviz.charts.layout import literal
from clipviz.charts.palette import DARK, LIGHT, palette
from clipviz.core.bounds import Bounds
from clipviz.core.profile import Histogram

HISTOGRAM = Histogram(edges=(0.0, 1.0, 2.0), counts=(3, 4), below=2, above=1)


def test_every_counted_row_is_drawn() -> None:
    figure = column_histogram("x", HISTOGRAM, LIGHT)
    assert sum(sum(trace.y) for trace in figure.data) == 10
    assert any("beyond the axis" in trace.name for trace in figure.data)


def test_bounds_are_lines_when_they_lie_in_the_range() -> None:
    both = column_histogram("x", HISTOGRAM, LIGHT, Bounds(0.5, 1.5))
    assert [shape.x0 for shape in both.layout.shapes] == [0.5, 1.5]
    assert not column_histogram("x", HISTOGRAM, LIGHT, Bounds(-50, 50)).layout.shapes
    assert not column_histogram("x", HISTOGRAM, LIGHT, Bounds()).layout.shapes


def test_user_text_is_no_markup() -> None:
    figure = column_histogram("<a href='http://x'>y</a>", HISTOGRAM, LIGHT)
    assert "<a" not in figure.layout.xaxis.title.text
    assert len(literal("x" * 1000)) == 60


def test_a_theme_has_its_own_colours() -> None:
    assert palette("dark") is DARK
    assert palette("light") is palette(None) is LIGHT
    assert column_histogram("x", HISTOGRAM, DARK).layout.font.color == DARK.ink


def test_by_magnitude_every_bin_is_as_wide_as_the_next_and_none_is_lost():
    drawn = Histogram(edges=(1.0, 10.0, 100.0), counts=(5, 3), below=7)
    figure = column_histogram("x", drawn, palette("light"), by_magnitude=True)
    assert figure.data[0].width == (1.0, 1.0)
    assert [sum(trace.y) for trace in figure.data] == [8, 7]
    assert figure.data[0].customdata[1] == "10 to 100"
    assert figure.data[1].customdata[0] == "below 1"


def test_how_far_a_bound_may_be_off_is_a_band_within_the_picture() -> None:
    drawn = Histogram(edges=(0.0, 1.0, 2.0), counts=(3, 4))
    figure = column_histogram("x", drawn, LIGHT, Bounds(hi=1.5), intervals=(None, (1.2, 1e9)))
    bands = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert [shape.x0 for shape in bands] == [1.2]
    assert bands[0].x1 < 10
