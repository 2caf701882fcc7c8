import base64
import json

import numpy as np
import pytest

from clipviz.charts.lines import Line, lines
from clipviz.charts.palette import DARK, LIGHT
from clipviz.charts.plain import Axis, Plain
from clipviz.charts.policy_looks import DASHES, looks
from clipviz.core.discovery import discover


def decoded(array: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(array["bdata"]), array["dtype"])


def test_arrays_survive_with_gaps_and_counts() -> None:
    figure = Plain(LIGHT, 200, Axis("x"), Axis("y"))
    figure.add("scatter", x=np.arange(3), y=np.array([1.0, np.nan, 3.0]), z=np.float64(2.5))
    (trace,) = json.loads(figure.to_json())["data"]
    np.testing.assert_array_equal(decoded(trace["x"]), [0, 1, 2])
    np.testing.assert_array_equal(decoded(trace["y"]), [1, np.nan, 3])
    assert trace["z"] == 2.5


def test_a_grid_keeps_its_shape() -> None:
    figure = Plain(LIGHT, 200, Axis("x"), Axis("y"))
    figure.add("contour", z=np.arange(6.0).reshape(2, 3).T)
    (trace,) = json.loads(figure.to_json())["data"]
    assert trace["z"]["shape"] == "3,2"
    np.testing.assert_array_equal(decoded(trace["z"]), [0, 3, 1, 4, 2, 5])


def test_axes_have_titles_and_log_ranges_in_powers() -> None:
    layout = json.loads(Plain(DARK, 200, Axis("steps"), Axis("norm", "log", (0.1, 100.0))).to_json())[
        "layout"
    ]
    assert layout["xaxis"]["title"]["text"] == "steps" and layout["yaxis"]["range"] == [-1, 2]
    assert layout["yaxis"]["type"] == "log" and layout["height"] == 200


def test_plotly_itself_takes_it() -> None:
    import plotly.graph_objects as go

    x = np.linspace(-1, 1, 5)
    made = lines(
        [Line("a", x, x**2, looks("gradients", LIGHT)["none"])], Axis("x", span=(-1, 1)), Axis("y"), LIGHT
    )
    figure = go.Figure(json.loads(made.to_json()))
    assert [trace.name for trace in figure.data] == ["a"]


@pytest.mark.parametrize("family", ["inputs", "normalisations", "activations", "gradients"])
def test_each_policy_has_a_look_of_its_own(family: str) -> None:
    known = looks(family, LIGHT)
    assert list(known) == ["none", *(id for id in discover(f"clipviz.policies.{family}") if id != "none")]
    for colours in (LIGHT, DARK):
        own = {look.colour for look in looks(family, colours).values()}
        assert len(own) == len(known) <= 1 + len(set(colours.policies))
    look = known["none"]
    assert look.again(1) != look and look.again(len(DASHES)) == look
    assert look.faint(0.5).startswith("rgba(")
