"""How every normalisation behaves; run by tests/policies/test_contract.py."""

from typing import Any

import numpy as np
import pytest
import torch

from clipviz.core.discovery import discover
from clipviz.core.recipe import Choice, Inputs
from clipviz.training.fit_front import fit
from clipviz.training.front import Front
from tests.policies.onnx import agrees_with_onnx
from tests.policies.twins import twin
from tests.training.conftest import regression

NORMALISATIONS = discover("clipviz.policies.normalisations")
NAMES = list(NORMALISATIONS)
each = pytest.mark.parametrize("name", NAMES)


def scaled(policy: Any, values: np.ndarray) -> np.ndarray:
    found = policy.fit(values)
    return (values - found.centre) / found.scale


def front(name: str) -> tuple[Front, np.ndarray]:
    """The first layer of a network that normalises three heavy-tailed columns, and its raw rows."""
    table = regression(rows=200, columns=3, inputs=np.random.default_rng(7).standard_t(2, size=(200, 3)))
    made, *_ = fit(table, Inputs(normalisation=Choice(id=name)))
    return made, table.inputs


class NormalisationContract:
    @each
    def test_it_equals_its_slow_twin(self, name: str) -> None:
        for seed in range(3):
            values = np.random.default_rng(seed).standard_t(2, size=301)
            policy = NORMALISATIONS[name]()
            np.testing.assert_allclose(scaled(policy, values), twin("normalisations", name)(policy, values))

    @each
    @pytest.mark.parametrize(
        "values",
        [[3.0], [3.0, 3.0], [-1.7e308, 1.7e308], [5e-324, 0.0], [0.0] * 99 + [7.0], [1e15, 1e15 + 1] * 9],
    )
    def test_it_keeps_order_and_stays_finite_whatever_the_column(
        self, name: str, values: list[float]
    ) -> None:
        found = NORMALISATIONS[name]().fit(np.array(values))
        assert np.isfinite(found.centre) and 0 < found.scale < np.inf

    @each
    def test_a_column_without_spread_stays_without(self, name: str) -> None:
        assert len(np.unique(scaled(NORMALISATIONS[name](), np.full(9, 4.0)))) == 1

    @pytest.mark.parametrize("name", [name for name in NAMES if NORMALISATIONS[name].widest is not None])
    def test_the_widest_changes_nothing(self, name: str) -> None:
        values = np.random.default_rng(3).normal(size=300)
        np.testing.assert_array_equal(
            scaled(NORMALISATIONS[name](**NORMALISATIONS[name].widest), values), values
        )

    @each
    def test_it_leaves_in_the_model_through_export(self, name: str) -> None:
        layer, rows = front(name)
        raw = torch.from_numpy(rows[:20])
        exported = torch.export.export(layer.eval(), (raw,)).module()
        torch.testing.assert_close(exported(raw), layer(raw))

    def test_all_survive_onnx(self) -> None:
        raw = torch.from_numpy(front(NAMES[0])[1][:20])
        agrees_with_onnx([front(name)[0] for name in NAMES], raw)
