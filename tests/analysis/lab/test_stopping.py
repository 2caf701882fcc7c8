import numpy as np

from clipviz.analysis.lab.optimisers import Path
from clipviz.analysis.lab.stopping import RULES, Limits, stops


def walk(points: list[float], losses: list[float], norms: list[float], lost: bool = False) -> Path:
    never = np.zeros(len(norms), dtype=bool)
    return Path(np.array([[x, 0.0] for x in points]), np.array(losses), np.array(norms), never, never, lost)


def test_each_rule_stops_at_the_first_point_that_meets_it() -> None:
    path = walk([3, 2, 1, 0.5, 0.5, 0.5], [9, 4, 1, 1, 1, 1], [3, 2, 1, 0.01, 0.01])
    found = stops(path, Limits(patience=2, gradient=0.05, move=0.001, gain=0.01, growth=10))
    assert found == {"patience": 4, "plateau": 4, "small gradient": 3, "small step": 4, "diverged": None}


def test_a_way_that_grows_or_is_lost_has_diverged() -> None:
    assert stops(walk([1, 2, 9], [1, 5, 11], [1, 1]), Limits())["diverged"] == 2
    assert stops(walk([1, 2, 3], [1, 2, 3], [1, 1], lost=True), Limits())["diverged"] == 2


def test_a_way_that_goes_well_is_stopped_by_nobody() -> None:
    found = stops(walk([3, 2, 1], [9, 4, 1], [3, 2]), Limits(patience=2))
    assert set(found) == set(RULES) and set(found.values()) == {None}


def test_a_way_shorter_than_the_patience_is_no_plateau() -> None:
    assert stops(walk([3, 2], [9, 9], [3]), Limits(patience=20))["plateau"] is None
    assert stops(walk([3], [9], []), Limits())["small gradient"] is None
