"""How every input clamp behaves; run by tests/policies/test_contract.py."""

from itertools import product
from typing import Any, get_args

import numpy as np
import pytest
import torch

from clipviz.core.bounds import Action
from clipviz.core.discovery import discover
from clipviz.core.recipe import Choice, Inputs
from clipviz.core.table import Feature
from clipviz.policies.inputs.base import FittedClamp
from clipviz.training.fit_front import fit
from clipviz.training.front import Front
from tests.policies.onnx import agrees_with_onnx
from tests.policies.twins import twin
from tests.policies.varied import varied
from tests.training.conftest import regression

CLAMPS = discover("clipviz.policies.inputs")
NAMES = list(CLAMPS)
FITTED = [name for name in NAMES if issubclass(CLAMPS[name], FittedClamp)]
each = pytest.mark.parametrize("name", NAMES)


def fixed_where_needed(cls: Any, **given: Any) -> Any:
    """A policy that acts on the columns below: one that asks for limits gets some."""
    return cls(**({"lo": -1.0, "hi": 1.0} if "lo" in cls.model_fields else {}), **given)


def heavy(rows: int = 300, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_t(2, size=rows)


def front(name: str) -> tuple[Front, np.ndarray]:
    """The first layer of a network that clamps three heavy-tailed columns, and its raw rows."""
    table = regression(rows=200, columns=3, inputs=np.random.default_rng(7).standard_t(2, size=(200, 3)))
    policy = fixed_where_needed(CLAMPS[name])
    made, *_ = fit(table, Inputs(default=Choice.of(name, **policy.model_dump())))
    return made, table.inputs


class InputContract:
    @each
    def test_it_equals_its_slow_twin(self, name: str) -> None:
        for seed in range(3):
            values = heavy(seed=seed)
            policy = fixed_where_needed(CLAMPS[name])
            np.testing.assert_allclose(policy.fit(values).clamp(values), twin("inputs", name)(policy, values))

    @each
    def test_it_equals_its_slow_twin_with_other_settings(self, name: str) -> None:
        """Every value worth trying of its own fields, on each side and with each hard action. Soft bounds and spaces
        have twins of their own, in test_actions.py and test_spaces.py."""
        cls, values, slow = CLAMPS[name], heavy(seed=1), twin("inputs", name)
        limits = {"lo": -1.0, "hi": 1.0} if "lo" in cls.model_fields else {}
        for given in varied(cls, **limits):
            if given.get("action") == "soft" or "space" in given:
                continue
            both = cls(**{field: value for field, value in given.items() if field not in ("sides", "action")})
            expected = np.asarray(slow(both, values))
            moved = expected != values
            if "sides" in given:
                moved &= (expected < values) == (given["sides"] == "upper")
            outside = np.nan if given.get("action") in ("missing", "trim") else expected
            said = cls(**given).fit(values).clamp(values)
            np.testing.assert_allclose(said, np.where(moved, outside, values), err_msg=str(given))

    @pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
    def test_rows_of_other_precision_are_clamped_as_their_values_say(self, dtype: torch.dtype) -> None:
        """A row of few digits is the float64 that it stands for: one answer, always in float32."""
        for name in NAMES:
            layer, rows = front(name)
            raw = torch.from_numpy(rows[:20]).to(dtype)
            said = layer(raw)
            assert said.dtype == torch.float32 and said.shape == (20, layer.outputs)
            torch.testing.assert_close(said, layer(raw.double()), rtol=1e-6, atol=1e-6)

    @each
    def test_it_bounds_what_it_saw(self, name: str) -> None:
        values = heavy(500)
        found = CLAMPS[name]().fit(values)
        clamped = found.clamp(values)
        assert found.lo < found.hi
        assert clamped.dtype == values.dtype and clamped.shape == values.shape
        np.testing.assert_array_equal(found.clamp(clamped), clamped)
        np.testing.assert_array_equal(np.sign(np.diff(clamped[np.argsort(values)])) >= 0, True)

    @each
    def test_it_fits_on_finite_values_and_keeps_nan(self, name: str) -> None:
        cls, clean = CLAMPS[name], np.random.default_rng(1).normal(size=200)
        dirty = np.concatenate([clean, [np.nan, np.inf, -np.inf]])
        assert cls().fit(dirty) == cls().fit(clean)
        assert np.isnan(cls().fit(dirty).clamp(dirty)[200])

    @each
    @pytest.mark.parametrize(
        "values",
        [[], [np.nan, np.inf], [3.0], [3.0, 3.0], [-1e308, 1e308], [5e-324, 0.0], [0.0] * 99 + [7.0]],
    )
    def test_it_never_erases_a_column(self, name: str, values: list[float]) -> None:
        column = np.array(values)
        found = CLAMPS[name]().fit(column)
        assert found.lo < found.hi
        finite = column[np.isfinite(column)]
        assert len(np.unique(found.clamp(finite))) == len(np.unique(finite))

    @pytest.mark.parametrize("name", [name for name in NAMES if "sides" in CLAMPS[name].model_fields])
    def test_one_side_leaves_the_other_open(self, name: str) -> None:
        values = heavy(seed=2)
        both, upper, lower = (
            fixed_where_needed(CLAMPS[name], sides=side).fit(values) for side in ("both", "upper", "lower")
        )
        assert (upper.lo, upper.hi) == (-np.inf, both.hi)
        assert (lower.lo, lower.hi) == (both.lo, np.inf)

    @pytest.mark.parametrize("name", [name for name in NAMES if CLAMPS[name].widest is not None])
    def test_the_widest_changes_nothing(self, name: str) -> None:
        values = np.random.default_rng(3).normal(size=300)
        policy = CLAMPS[name](**CLAMPS[name].widest)
        np.testing.assert_array_equal(policy.fit(values).clamp(values), values)

    @pytest.mark.parametrize("name", FITTED)
    @pytest.mark.parametrize("exponent", [-900, -30, 30, 900])
    def test_bounds_scale_with_the_column(self, name: str, exponent: int) -> None:
        cls, values = CLAMPS[name], np.random.default_rng(4).normal(size=300)
        found, scaled = cls().fit(values), cls().fit(np.ldexp(values, exponent))
        expected = (float(np.ldexp(found.lo, exponent)), float(np.ldexp(found.hi, exponent)))
        assert (scaled.lo, scaled.hi) == expected

    @each
    def test_the_gradient_is_1_inside_and_at_the_bounds_and_0_outside(self, name: str) -> None:
        layer, _ = front(name)
        lo, hi = layer.lo.clamp(min=-50), layer.hi.clamp(max=50)
        for at, passes in ((lo - 1e-3, 0.0), (lo, 1.0), ((lo + hi) / 2, 1.0), (hi, 1.0), (hi + 1e-3, 0.0)):
            raw = at.unsqueeze(0).requires_grad_()
            (slope,) = torch.autograd.grad(layer(raw).sum(), raw)
            open_side = ((at < layer.lo) | (at > layer.hi)).logical_not()
            expected = torch.where(open_side, 1.0, passes) / layer.scale
            torch.testing.assert_close(slope[0], expected, rtol=1e-5, atol=0)

    @each
    def test_it_leaves_in_the_model_through_export(self, name: str) -> None:
        layer, rows = front(name)
        raw = torch.from_numpy(rows[:20])
        exported = torch.export.export(layer.eval(), (raw,)).module()
        torch.testing.assert_close(exported(raw), layer(raw))

    def test_all_survive_onnx(self) -> None:
        raw = torch.from_numpy(front(NAMES[0])[1][:20])
        agrees_with_onnx([front(name)[0] for name in NAMES], raw)

    def test_what_is_done_with_values_beyond_survives_onnx(self) -> None:
        """Every action, with indicators and by group, behind each normalisation; missing and unseen values too."""
        inputs = np.random.default_rng(7).standard_t(2, size=(200, 3))
        inputs[:, 2] = np.arange(200) % 3
        inputs[5, 0], inputs[7, 1] = np.nan, np.inf
        features = (Feature("a"), Feature("b"), Feature("g", ("u", "v", "w")))
        table = regression(columns=3, inputs=inputs, features=features)
        scalings = list(discover("clipviz.policies.normalisations"))
        layers = []
        for place, (action, flags, by) in enumerate(product(get_args(Action), (False, True), (None, "g"))):
            choice = Choice.of("sigma", k=1.0, action=action, indicators=flags, by=by)
            scaling = Choice(id=scalings[(place + place // 4) % len(scalings)])
            layers.append(fit(table, Inputs(default=choice, normalisation=scaling)).front.eval())
        raw = torch.from_numpy(inputs[:20].copy())
        raw[3, 2], raw[4, 0], raw[5, 1], raw[6, 0] = -1, torch.nan, -torch.inf, 1e300
        agrees_with_onnx(layers, raw)
