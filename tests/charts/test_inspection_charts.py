import json

import numpy as np

from clipviz.charts.confusion import WRITTEN, confusion
from clipviz.charts.palette import DARK, LIGHT
from clipviz.charts.predictions import predictions


def test_clamped_rows_have_a_sign_of_their_own_and_what_is_not_finite_is_left_out() -> None:
    figure = predictions([(1, 1.5, False), (2, 2.5, True), (3, None, False)], "price", LIGHT)
    line, untouched, clamped = figure.traces
    assert line["x"].tolist() == [1, 2.5]
    assert (untouched["x"].tolist(), clamped["y"].tolist()) == ([1], [2.5])
    assert untouched["marker"]["symbol"] != clamped["marker"]["symbol"]
    assert predictions([(1, None, False)], "price", LIGHT).traces == []


def test_a_confusion_matrix_is_coloured_by_the_share_of_the_true_class() -> None:
    figure = confusion([[3, 1], [0, 0]], ["<b>cat</b>", "dog"], DARK)
    np.testing.assert_allclose(figure.traces[0]["z"], [[0.75, 0.25], [0, 0]])
    drawn = json.loads(figure.to_json())
    assert drawn["layout"]["xaxis"]["ticktext"][0] == "&lt;b&gt;cat&lt;/b&gt;"
    assert drawn["data"][0]["texttemplate"]
    many = [[1] * (WRITTEN + 1)] * (WRITTEN + 1)
    assert not confusion(many, [str(place) for place in range(WRITTEN + 1)], DARK).traces[0]["texttemplate"]
