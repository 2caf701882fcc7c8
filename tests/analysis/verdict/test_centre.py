import math

import numpy as np

from clipviz.analysis.verdict.centre import interquartile_mean


def test_one_bad_seed_does_not_speak_for_all() -> None:
    assert interquartile_mean(np.array([1, 2, 3, 4, 5, 6, 7, 100.0])) == 4.5
    assert interquartile_mean(np.array([0, 0, 10, 20, 90, 100.0])) == 30, "a quarter of six is one"
    assert math.isnan(interquartile_mean(np.zeros(0)))
