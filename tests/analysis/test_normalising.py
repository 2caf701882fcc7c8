"""What reaches the network, against the front that a run would fit."""

import numpy as np
import pytest

from clipviz.analysis import normalising
from clipviz.analysis.column import TrainingColumn
from clipviz.core.bounds import Bounds
from clipviz.core.recipe import Choice, Inputs
from clipviz.training import fit_front
from tests.training.conftest import regression


@pytest.mark.parametrize("normalisation", ["none", "z_score", "min_max", "robust", "divide"])
@pytest.mark.parametrize("clamp", [Choice(id="none"), Choice.of("sigma", k=1.5)])
def test_it_is_what_the_front_gives(normalisation: str, clamp: Choice) -> None:
    table = regression(columns=1)
    inputs = Inputs(default=clamp, normalisation=Choice(id=normalisation))
    rows = fit_front.fit(table, inputs).front.rows(table.inputs[table.train]).numpy()[:, 0]
    column = TrainingColumn(table, "x0")
    found = normalising.scaled(column, column.fit(clamp), inputs.normalisation)
    assert found is not None
    assert (found.least, found.most) == pytest.approx((rows.min(), rows.max()), rel=1e-5)
    assert (found.mean, found.std) == pytest.approx((rows.mean(), rows.std()), rel=1e-4, abs=1e-6)


def test_many_values_are_stood_for_by_some_and_none_by_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    table = regression(rows=2_000, columns=1)
    column = TrainingColumn(table, "x0")
    whole = normalising.scaled(column, Bounds(), Choice(id="z_score"))
    monkeypatch.setattr(normalising, "MOST", 300)
    part = normalising.scaled(column, Bounds(), Choice(id="z_score"))
    assert whole is not None and part is not None
    assert part.most == pytest.approx(whole.most, rel=0.05)
    assert normalising.scaled(column, Bounds(50.0, 60.0, action="missing"), Choice(id="z_score")) is None
    table.inputs[:] = np.nan
    assert normalising.scaled(TrainingColumn(table, "x0"), Bounds(), Choice(id="z_score")) is None
