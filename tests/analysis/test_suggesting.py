"""What a column's training rows suggest, and which column deserves a look."""

import numpy as np

from clipviz.analysis.column import TrainingColumn
from clipviz.analysis.suggesting import Suggested, most_worth, suggested
from clipviz.datasets.profile import profile
from tests.training.conftest import regression

GENERATOR = np.random.default_rng(3)
ROWS = 900
SHAPES = {
    "row": np.arange(ROWS, dtype=np.float64),
    "height": GENERATOR.normal(size=ROWS),
    "wealth": GENERATOR.pareto(1.2, ROWS),
    "speed": GENERATOR.pareto(2.5, ROWS),
}


def of(values: np.ndarray, train: np.ndarray) -> Suggested | None:
    table = regression(ROWS, 1, inputs=values[:, None].copy(), train=train)
    return suggested(TrainingColumn(table, "x0"), "x0", "number")


def test_only_training_rows_are_looked_at() -> None:
    train = np.arange(0, ROWS, 2)
    values = GENERATOR.normal(size=ROWS)
    wild = values.copy()
    wild[1::2] *= 1e6
    found = of(wild, train)
    assert found is not None and found == of(values, train)
    assert found.suggestion == profile("x0", "number", values[train]).suggestion
    assert profile("x0", "number", wild).suggestion != found.suggestion


def test_what_it_touches_is_counted_on_training_rows() -> None:
    train = np.arange(600)
    found = of(SHAPES["wealth"], train)
    assert found is not None and found.suggestion.policy.id == "quantile"
    assert found.touched == int((SHAPES["wealth"][train] > found.bounds.hi).sum()) == 6


def test_the_heaviest_tail_is_worth_the_first_look_and_a_part_of_a_date_the_last() -> None:
    found = {"day": None, **{name: of(values, np.arange(ROWS)) for name, values in SHAPES.items()}}
    assert most_worth(found) == "wealth"
    assert most_worth({name: found[name] for name in ("day", "row", "height", "speed")}) == "speed"
    assert most_worth({name: found[name] for name in ("day", "row", "height")}) == "row"
    assert most_worth({"day": None, "hour": None}) == "day"
