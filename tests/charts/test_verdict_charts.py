import numpy as np
import pytest

from clipviz.charts import report
from clipviz.charts.bands import Curves, bands
from clipviz.charts.cell import Cell
from clipviz.charts.contamination import Dosed, contamination
from clipviz.charts.cost_gain import Bought, cost_gain
from clipviz.charts.forest import Line, forest
from clipviz.charts.interaction import interaction
from clipviz.charts.levels import levels
from clipviz.charts.palette import DARK, LIGHT
from clipviz.charts.seed_points import seed_points


def test_a_forest_shows_every_interval_and_the_line_of_no_difference() -> None:
    figure = forest(
        [
            Line("<b>one</b>", -0.3, -0.5, -0.1, "better", "note"),
            Line("two", 0.1, None, None, "no evidence", ""),
            Line("three", None, None, None, "too few", ""),
        ],
        "difference",
        LIGHT,
        margin=0.2,
    )
    drawn = list(figure.data)
    assert [trace.x for trace in drawn] == [(-0.3,), (0.1,)] and drawn[0].error_x.array == pytest.approx(
        [0.2]
    )
    assert drawn[0].error_x.arrayminus == pytest.approx([0.2])
    labels = figure.layout.yaxis.ticktext
    assert len(labels) == 3 and "&lt;b&gt;one" in labels[0] and "no evidence" in labels[1]
    assert {shape.type for shape in figure.layout.shapes} == {"line", "rect"}


def test_every_seed_is_a_point_and_diverged_ones_are_counted() -> None:
    arms = [("none", {0: 1.0, 1: 2.0, 2: 3.0}), ("clip", {0: 0.5, 1: None, 2: 2.5})]
    figure = seed_points(arms, "MAE", DARK)
    points = [trace for trace in figure.data if trace.mode == "markers"]
    slopes = [trace for trace in figure.data if trace.mode == "lines"]
    assert [list(trace.y) for trace in points] == [[1.0, 2.0, 3.0], [0.5, 2.5]]
    assert [list(trace.y) for trace in slopes] == [[1.0, 0.5], [2.0, None], [3.0, 2.5]]
    assert "1 diverged" in figure.layout.annotations[0].text
    assert [shape.y0 for shape in figure.layout.shapes] == [2.0, 1.5], "medians"
    many = seed_points([(str(k), {0: 1.0}) for k in range(20)], "MAE", LIGHT)
    assert all(trace.mode == "markers" for trace in many.data), "twenty arms are not joined to a web"


def test_many_arms_stand_one_below_the_other_with_room_for_their_names() -> None:
    arms = [(f"activation clip number {place}", {0: 1.0, 1: 2.0, 2: None}) for place in range(36)]
    figure = seed_points(arms, "MAE", LIGHT)
    assert list(figure.data[3].y) == [3, 3] and list(figure.data[3].x) == [1.0, 2.0]
    assert figure.layout.height >= 36 * 30 and figure.layout.xaxis.title.text == "MAE"
    assert len(figure.layout.yaxis.ticktext) == 36 and figure.layout.yaxis.range == (35.6, -0.6)
    assert (figure.layout.shapes[3].x0, figure.layout.shapes[3].y0) == (1.5, 2.75)
    assert (figure.layout.annotations[3].y, figure.layout.annotations[3].xref) == (3, "paper")


def test_names_are_read_in_full_however_long_they_are() -> None:
    long = "Tukey fences, k 2.5 + Learned, tanh, start quantile 0.99 + Global norm, largest norm 0.5 · columns a, b, c"
    words = lambda text: text.replace("<br>", " ")  # noqa: E731
    figure = forest(
        [Line(long, -1.0, -2.0, 0.0, "better", ""), Line("x", None, None, None, "", "")], "d", LIGHT
    )
    assert long in words(figure.layout.yaxis.ticktext[0]) and figure.layout.height > 130 + 2 * 54
    [said] = [note.text for note in figure.layout.annotations]
    assert said == "no pair has two numbers"
    seeds = seed_points(
        [(long, {0: 1.0, 1: 2.0}), *((f"{k}", {0: 1.0, 1: 3.0}) for k in range(3))], "MAE", LIGHT
    )
    assert long in words(seeds.layout.yaxis.ticktext[0])
    assert list(seeds.data[0].x) == [1.0, 1.0, 1.0, 1.0], "seeds are joined there too"
    curve = bands([Curves(long, [(np.array([0, 1]), np.array([1, 2], np.float32))])], "loss", LIGHT)
    assert long in words(curve.data[1].name)
    assert long in words(
        cost_gain([Bought(long, 1.0, 1.0, None, None, "better")], "gain", LIGHT).data[0].text[0]
    )


def test_bands_are_quartiles_over_seeds_and_a_stopped_seed_keeps_its_value() -> None:
    steps = np.array([0, 50, 100])
    seeds = [(steps, np.array([1, k, k], np.float32)) for k in (1, 2, 3)]
    seeds.append((steps[:2], np.array([1, 4], np.float32)))
    band, middle = bands([Curves("a", seeds), Curves("nothing", [])], "loss", LIGHT).data
    assert list(middle.x) == [0, 50, 100] and list(middle.y) == [1, 2.5, 2.5]
    assert list(band.y) == [1, 3.25, 3.25, 1.75, 1.75, 1]
    gone = [(steps, np.array([1, np.nan, np.nan], np.float32))]
    assert list(bands([Curves("a", gone)], "loss", LIGHT).data[1].x) == [0]


def test_of_many_arms_those_with_the_most_seeds_are_in_colour() -> None:
    one = (np.array([0, 10]), np.array([3, 1], np.float32))
    arms = [Curves(f"arm {at}", [one] * (5 if at in (0, 17) else 2)) for at in range(20)]
    drawn = bands(arms, "loss", LIGHT).data
    named = [trace.name for trace in drawn if trace.showlegend is not False]
    assert named == ["18 other arms", "arm 0", "arm 17"]
    lines = [trace for trace in drawn if trace.line.width]
    assert len(lines) == 20 and len({trace.line.color for trace in lines}) == 3


def test_levels_leave_holes_where_there_is_no_arm() -> None:
    cells = [[Cell(1.0, 3), Cell(2.0, 3, 1)], [None, Cell(None, 3, 3)]]
    figure = levels(["none", "tukey"], ["0.1", "1"], cells, ("in", "grad", "MAE"), True, LIGHT)
    assert figure.data[0].text[0][1] == "2<br>✕ 1" and figure.data[0].customdata[0][0] == "1, 3 seeds"
    [lost] = figure.layout.annotations
    assert (lost.x, lost.y, lost.text) == (1, 1, "✕ 3"), "tried, and lost, is no hole"
    assert figure.data[0].z[1][0] is None and figure.data[0].reversescale
    assert figure.layout.xaxis.title.text == "grad" and figure.layout.yaxis.ticktext == ("none", "tukey")


def test_a_report_holds_all_it_needs_and_shows_text_letter_by_letter() -> None:
    parts = [
        report.heading("<i>h</i>"), report.paragraph("a & <script>alert(1)</script>", "answer"),
        report.table(["arm"], [["<img src=x>"]]), report.preformatted("{<}"),
        report.figure(lambda colours: forest([Line("x", 1.0, 0.0, 2.0, "better", "")], "d", colours)),
    ]  # fmt: skip
    text = report.page("T<", parts)
    assert "<script>alert" not in text and "<img src=x" not in text and "&lt;i&gt;h" in text
    assert "<title>T&lt;</title>" in text and len(text) > 1_000_000
    outside = text.replace(report.get_plotlyjs(), "")
    assert "http" not in outside, "nothing is fetched"
    assert outside.count('class="plotly-graph-div"') == 2, "one for a light page, one for a dark page"
    assert LIGHT.ink in outside and DARK.ink in outside


def test_a_dose_is_a_point_with_its_interval_and_a_lost_one_a_gap() -> None:
    policies = [
        Dosed("<b>none</b>", [(0.0, 1.0, 0.9, 1.2), (0.1, None, None, None)], ["a", "b"]),
        Dosed("tukey", [(0.0, 1.0, None, None)], ["c"]),
    ]
    figure = contamination(policies, "share", "MAE", True, LIGHT)
    none, tukey = figure.data
    assert none.x == (0.0, 0.1) and none.y == (1.0, None) and none.name == "&lt;b&gt;none&lt;/b&gt;"
    assert none.error_y.array == pytest.approx([0.2, 0]) and none.error_y.arrayminus == pytest.approx(
        [0.1, 0]
    )
    assert none.marker.symbol != tukey.marker.symbol and none.line.color != tukey.line.color
    assert figure.layout.xaxis.tickformat == ".0%"


def test_an_interaction_has_one_panel_a_gradient_clip() -> None:
    means = {
        (i, a, g): Cell(float(len(i + a + g)), 5)
        for i in ("none", "tukey")
        for a in ("none", "tanh")
        for g in ("none", "norm")
    }
    del means["tukey", "tanh", "norm"]
    figure = interaction(means, "MAE", True, LIGHT)
    first, second = figure.data
    assert [list(row) for row in first.z] == [[12, 12], [13, 13]] and second.z[1][1] is None
    assert [note.text for note in figure.layout.annotations] == ["none", "norm"]
    assert figure.layout.coloraxis.reversescale and first.coloraxis == second.coloraxis == "coloraxis"


def test_cost_stands_against_gain() -> None:
    arms = [
        Bought("<i>a</i>", 1.5, 0.2, 0.1, 0.4, "better"),
        Bought("b", 0.9, -0.1, None, None, "no evidence"),
    ]
    one, two = cost_gain(arms, "gain", DARK).data
    assert (one.x, one.y) == ((1.5,), (0.2,)) and one.error_y.array == pytest.approx([0.2])
    assert one.error_y.arrayminus == pytest.approx([0.1]) and one.text == ("&lt;i&gt;a&lt;/i&gt;",)
    assert one.marker.color != two.marker.color and two.error_y.array is None
