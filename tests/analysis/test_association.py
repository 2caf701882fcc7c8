import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from clipviz.analysis.association import associations, ranks, sides
from clipviz.core.table import Feature
from tests.training.conftest import classification, regression


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=50))
def test_ranks_are_those_of_scipy(values: list[int]) -> None:
    np.testing.assert_array_equal(ranks(np.array(values, dtype=float)), stats.rankdata(values) - 1)


def test_a_number_and_a_number_is_spearman_on_training_rows_only() -> None:
    table = regression()
    before = associations(table)
    rho = stats.spearmanr(table.inputs[table.train, 0], table.target[table.train]).statistic
    assert before[0].measure == "rank correlation" and before[0].value == pytest.approx(rho)
    table.inputs[table.test] = 1e9
    assert associations(table) == before


def test_groups_and_numbers() -> None:
    table = classification()
    found = {each.column: each for each in associations(table)}
    assert found["x0"].measure == "correlation ratio" and found["x0"].value > 0.8
    assert found["x2"].value < 0.3
    known = table.inputs[table.train, 4] >= 0
    assert found["colour"].measure == "Cramér's V" and found["colour"].rows == known.sum()
    crossed = stats.contingency.crosstab(
        table.inputs[table.train, 4][known], table.target[table.train][known]
    ).count
    cramer = stats.contingency.association(crossed, correction=False)
    assert found["colour"].value == pytest.approx(cramer)


def test_what_does_not_vary_has_no_association() -> None:
    table = regression(columns=1, features=(Feature("c"),), inputs=np.ones((200, 1)))
    assert associations(table)[0].value is None


def test_training_beside_test_rows() -> None:
    table = regression()
    table.inputs[table.test[:3], 0] = np.nan
    table.inputs[table.test[3], 0] = 1e6
    target, found = sides(table)[:2]
    assert target.column == table.target_name and target.train_median == np.median(table.target[table.train])
    assert "y" not in {each.column for each in sides(classification())}
    one, other = table.inputs[table.train, 0], table.inputs[table.test, 0]
    other = other[np.isfinite(other)]
    assert found.distance == pytest.approx(stats.ks_2samp(one, other).statistic)
    assert found.test_missing == 3 / len(table.test) and found.train_missing == 0
    assert found.outside >= 1 / len(other) and found.train_median == np.median(one)
