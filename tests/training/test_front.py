"""The front: raw columns in, clamped and standardised numbers out."""

import numpy as np
import pytest
import torch

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice, Inputs
from clipviz.core.table import Feature
from clipviz.training.fit_front import fit

from .conftest import classification, regression


def test_training_rows_come_out_standardised() -> None:
    table = regression()
    front, notes, _ = fit(table, Inputs())
    rows = front.rows(table.inputs[table.train])
    assert rows.dtype == torch.float32 and not notes
    torch.testing.assert_close(rows.mean(dim=0), torch.zeros(5), atol=1e-6, rtol=0)
    torch.testing.assert_close(rows.std(dim=0, correction=0), torch.ones(5))
    assert not list(front.parameters())


def test_only_training_rows_are_fitted() -> None:
    table = regression()
    wild = table.inputs.copy()
    wild[table.test] = 1e9
    changed = regression(inputs=wild)
    clamp = Inputs(default=Choice(id="quantile"))
    (first, *_), (second, *_) = fit(table, clamp), fit(changed, clamp)
    assert all(torch.equal(a, b) for a, b in zip(first.buffers(), second.buffers(), strict=True))


def test_it_equals_its_slow_twin() -> None:
    table = regression()
    front, _, _ = fit(table, Inputs(default=Choice.of("fixed", lo=-1, hi=0.5)))
    train = np.clip(table.inputs[table.train], -1, 0.5)
    row = table.inputs[table.test[0]]
    twin = [(min(max(row[j], -1), 0.5) - train[:, j].mean()) / train[:, j].std() for j in range(5)]
    assert front.rows(row[None])[0].tolist() == pytest.approx(twin, rel=1e-6)


def test_missing_takes_the_median_and_infinity_the_bound_or_the_furthest() -> None:
    table = regression(columns=1)
    column = table.inputs[table.train, 0]
    clamped, *_ = fit(table, Inputs(default=Choice.of("fixed", lo=-1, hi=1)))
    plain, *_ = fit(table, Inputs())
    raw = np.array([[np.nan], [np.inf], [-np.inf]])
    same = np.array([[np.median(column)], [1.0], [-1.0]])
    assert torch.equal(clamped.rows(raw), clamped.rows(same))
    same = np.array([[np.median(column)], [column.max()], [column.min()]])
    assert torch.equal(plain.rows(raw), plain.rows(same))


def test_infinite_training_values_are_counted_in_a_note() -> None:
    table = regression()
    inputs = table.inputs.copy()
    inputs[table.train[:3], 1] = np.inf
    front, notes, _ = fit(regression(inputs=inputs), Inputs())
    assert notes == ("x1: 3 infinite training values took the furthest finite one",)
    assert front.rows(inputs).isfinite().all()


def test_a_column_without_a_finite_value_is_taken_as_zero() -> None:
    table = regression()
    inputs = table.inputs.copy()
    inputs[table.train, 2] = np.nan
    front, notes, _ = fit(regression(inputs=inputs), Inputs())
    assert "x2: no finite value in the training rows: taken as 0" in notes
    assert (front.rows(inputs[table.train])[:, 2] == 0).all()


def test_notes_of_the_policies_are_passed_on() -> None:
    _, notes, _ = fit(regression(rows=14), Inputs(columns={"x0": Choice(id="sigma")}))
    assert any(note.startswith("x0: k = 3 cannot fire") for note in notes)


def test_categories_are_one_hot_and_unseen_levels_zero() -> None:
    table = classification()
    front, _, _ = fit(table, Inputs())
    assert front.outputs == 6
    rows = table.inputs[:3].copy()
    rows[:, 4] = [0, 1, -1]
    assert front.rows(rows)[:, 4:].tolist() == [[1, 0], [0, 1], [0, 0]]


def test_huge_values_neither_overflow_nor_warn() -> None:
    generator = np.random.default_rng(0)
    inputs = generator.choice([-1.7e308, 1.7e308, 0.0], size=(200, 5))
    front, _, _ = fit(regression(inputs=inputs), Inputs())
    assert front.rows(inputs).isfinite().all()


@pytest.mark.parametrize(("offset", "step"), [(1e15, 1), (9007199254740000, 1), (1.7e18, 256), (1e12, 1)])
def test_a_small_spread_at_a_large_offset_is_kept(offset: float, step: int) -> None:
    inputs = offset + step * np.random.default_rng(0).integers(0, 4, size=(200, 5)).astype(np.float64)
    table = regression(inputs=inputs)
    rows = fit(table, Inputs())[0].rows(inputs)
    assert all(len(column.unique()) == 4 for column in rows.T)
    torch.testing.assert_close(rows[table.train].std(dim=0, correction=0), torch.ones(5))


def test_one_policy_per_column() -> None:
    table = regression()
    front, _, _ = fit(table, Inputs(columns={"x1": Choice.of("fixed", hi=0.25)}))
    assert front.bounds() == {"x0": (None, None), "x1": (None, 0.25), "x2": (None, None)} | {
        "x3": (None, None),
        "x4": (None, None),
    }


@pytest.mark.parametrize("column", ["nowhere", "colour"])
def test_a_clamp_needs_a_number_column(column: str) -> None:
    with pytest.raises(InvalidRecipe, match=f"number column among the features; received '{column}'"):
        fit(classification(), Inputs(columns={column: Choice(id="mad")}))


def test_categories_only() -> None:
    table = regression(columns=1, features=(Feature("c", ("a", "b")),), inputs=np.ones((200, 1)))
    front, _, _ = fit(table, Inputs())
    assert front.rows(table.inputs[:2]).tolist() == [[0, 1], [0, 1]]


def test_pixels_as_stored_give_the_same_network_inputs_as_their_values() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (200, 5), dtype=np.uint8)
    wanted = Inputs(default=Choice(id="sigma"))
    stored, valued = regression(inputs=pixels), regression(inputs=pixels.astype(np.float64))
    fronts = [fit(table, wanted)[0] for table in (stored, valued)]
    assert fronts[0].bounds() == fronts[1].bounds()
    assert torch.equal(fronts[0].rows(stored.inputs), fronts[1].rows(valued.inputs))


def test_a_note_on_many_columns_names_a_few_and_counts_the_others() -> None:
    inputs = np.zeros((200, 40))
    inputs[:20] = np.arange(40) + 1.0
    _, notes, _ = fit(regression(inputs=inputs, columns=40), Inputs(default=Choice(id="mad")))
    assert len(notes) == 1
    assert notes[0].startswith("x0, x1, x2, x3, x4 and 35 more: half of the rows share one value")
