"""The default recipe on real data."""

import csv
from pathlib import Path

import numpy as np
import pytest

from clipviz.core.recipe import Data, Recipe
from clipviz.core.table import Feature, Table
from clipviz.training.loop import train

from .conftest import Ear, parts, regression


def boston(path: Path, seed: int) -> Table:
    with path.open() as file:
        names, *rows = list(csv.reader(file))
    values = np.array(rows, dtype=np.float64)
    target = names.index("medv")
    rest = [place for place in range(len(names)) if place != target]
    train_rows, validation, test = parts(len(values), seed)
    return regression(
        len(values),
        features=tuple(Feature(names[place]) for place in rest),
        inputs=values[:, rest],
        target=values[:, target],
        train=train_rows,
        validation=validation,
        test=test,
    )


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_defaults_predict_boston(seed: int, real_data: Path, tmp_path: Path) -> None:
    made = Recipe(data=Data(dataset="0" * 16, target="medv"), seed=seed)
    _, result = train(
        made, boston(real_data / "boston_housing.csv", seed), Ear(), device="cpu", folder=tmp_path
    )
    assert result is not None and result.metrics["mae"] is not None
    assert result.metrics["mae"] < 3.0
