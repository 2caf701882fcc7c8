import numpy as np

from clipviz.charts.histogram_heatmap import histogram_heatmap
from clipviz.charts.palette import LIGHT
from clipviz.core.bins import ABOVE, BELOW, COUNT, LOST


def test_overflow_and_not_finite_stand_apart_in_the_colour_of_warnings() -> None:
    counts = np.zeros((2, COUNT), np.float32)
    counts[:, [BELOW, 10, ABOVE, LOST]] = [[1, 7, 1, 1], [0, 10, 0, 0]]
    figure = histogram_heatmap(np.array([0, 50]), counts, LIGHT)
    inside, *apart = figure.data
    assert len(inside.z) == ABOVE - 1 and len(apart) == 3
    places = [trace.y[0] for trace in apart]
    assert min(inside.y) - places[0] > 1 and places[1] - max(inside.y) > 1 and places[2] - places[1] > 1
    assert all(trace.z[0][1] is None and trace.z[0][0] is not None for trace in apart)
    assert all(trace.colorscale[1][1] == LIGHT.warning for trace in apart)
    assert abs(inside.customdata[9][0][1] - 0.7) < 1e-6 and inside.z[9][1] == 0
