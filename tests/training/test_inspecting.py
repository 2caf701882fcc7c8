import numpy as np
import pytest

from clipviz.core.inspection import OTHER, Inspection
from clipviz.core.table import Table
from clipviz.training import evaluation, inspecting
from clipviz.training.assembly import assemble
from clipviz.training.rows import prepare

from .conftest import classification, recipe, regression


def inspected(table: Table, **changes: object) -> Inspection:
    network = assemble(recipe(**changes), table, "cpu").network
    said = evaluation.outputs(network, prepare(network, table, table.test, "cpu"))  # type: ignore[arg-type]
    found = inspecting.inspect(network, table, said)
    assert Inspection.model_validate_json(found.model_dump_json()) == found
    return found


def test_a_regression_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspecting, "POINTS", 5)
    table = regression()
    found = inspected(table)
    assert (found.rows, found.clamped_rows, found.clamped) == (len(table.test), 0, {})
    assert found.untouched.keys() == {"mae", "rmse", "r2"}
    sizes = [wrong.size for wrong in found.worst]
    assert len(sizes) == inspecting.WORST and sizes == sorted(sizes, reverse=True)
    first = found.worst[0]
    assert first.place in table.test and first.truth == table.target[first.place]
    assert first.size == pytest.approx(abs(first.truth - first.said), rel=1e-4)
    assert inspecting.WORST <= len(found.points) <= inspecting.WORST + 5


def test_rows_beyond_the_bounds_are_measured_apart() -> None:
    table = regression()
    found = inspected(table, inputs__default={"id": "quantile", "lower": 0.1, "upper": 0.9})
    assert 0 < found.clamped_rows < found.rows
    parts = found.clamped["mae"] * found.clamped_rows + found.untouched["mae"] * (
        found.rows - found.clamped_rows
    )
    errors = [abs(truth - said) for truth, said, _ in found.points]
    assert len(errors) == found.rows  # all are shown
    assert parts / found.rows == pytest.approx(np.mean(errors), rel=1e-4)
    assert sum(clamped for _, _, clamped in found.points) == found.clamped_rows


def test_a_classification_row_by_row() -> None:
    table = classification()
    found = inspected(table)
    truth = table.target[table.test].astype(int)
    assert found.classes == (0, 1, 2)
    assert [sum(row) for row in found.confusion] == np.bincount(truth, minlength=3).tolist()
    right = sum(found.confusion[place][place] for place in range(3))
    assert found.untouched["accuracy"] == pytest.approx(right / len(truth))
    assert all(wrong.truth != wrong.said for wrong in found.worst)
    assert len(found.worst) == min(inspecting.WORST, len(truth) - right)


def test_many_classes_and_unknown_ones_share_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspecting, "CLASSES", 2)
    table = classification()
    table.target[table.test[:4]] = -1
    found = inspected(table)
    assert len(found.classes) == 3 and found.classes[-1] == OTHER
    assert sum(map(sum, found.confusion)) == found.rows
    assert sum(found.confusion[-1]) >= 4


def test_a_prediction_that_is_no_number_is_the_worst() -> None:
    sizes = np.array([1.0, np.nan, 3.0, -np.inf])
    assert inspecting._largest(sizes).tolist() == [1, 2, 0]
