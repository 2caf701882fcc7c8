"""Independent judges: scipy and feature-engine set the same bounds."""

import numpy as np
import pandas as pd
import pytest
from feature_engine.outliers import Winsorizer
from scipy import stats

from clipviz.core.bounds import Bounds
from clipviz.policies.inputs.double_mad import DoubleMadClamp
from clipviz.policies.inputs.mad import MadClamp
from clipviz.policies.inputs.quantile import QuantileClamp
from clipviz.policies.inputs.sigma import SigmaClamp
from clipviz.policies.inputs.tukey import TukeyClamp

COLUMN = np.random.default_rng(0).standard_t(2, size=500)
PAIRS = [
    ("gaussian", 2.5, SigmaClamp(k=2.5, ddof=0)),
    ("iqr", 1.5, TukeyClamp(k=1.5)),
    ("mad", 3.0, MadClamp(k=3.0)),
    ("quantiles", 0.05, QuantileClamp(lower=0.05, upper=0.95)),
]


@pytest.mark.parametrize(("method", "fold", "ours"), PAIRS, ids=[pair[0] for pair in PAIRS])
@pytest.mark.parametrize(("tail", "sides"), [("both", "both"), ("right", "upper"), ("left", "lower")])
def test_feature_engine_caps_alike(method: str, fold: float, ours, tail: str, sides: str) -> None:
    theirs = Winsorizer(capping_method=method, tail=tail, fold=fold)
    capped = theirs.fit_transform(pd.DataFrame({"x": COLUMN}))["x"].to_numpy()
    found = ours.model_copy(update={"sides": sides}).fit(COLUMN)
    np.testing.assert_allclose(found.clamp(COLUMN), capped, rtol=1e-5)  # its 1 / 0.67449 is not quite 1.4826


def test_scipys_mad_is_ours() -> None:
    found = MadClamp(k=2).fit(COLUMN)
    reach = 2 * 1.4826 * stats.median_abs_deviation(COLUMN)
    assert (found.lo, found.hi) == pytest.approx((np.median(COLUMN) - reach, np.median(COLUMN) + reach))


def test_scipys_mad_of_the_mirrored_halves_is_the_double_one() -> None:
    middle = float(np.median(COLUMN))
    found = DoubleMadClamp(k=1 / 1.4826).fit(COLUMN)
    for half, reach in (
        (COLUMN[middle >= COLUMN], middle - found.lo),
        (COLUMN[middle <= COLUMN], found.hi - middle),
    ):
        mirrored = np.concatenate([half, 2 * middle - half])
        assert reach == pytest.approx(stats.median_abs_deviation(mirrored, center=lambda x, axis: middle))


def test_scipys_iqr_is_ours() -> None:
    found = TukeyClamp().fit(COLUMN)
    assert found.hi - found.lo == pytest.approx(4 * stats.iqr(COLUMN))


@pytest.mark.parametrize(
    "policy", [SigmaClamp(), TukeyClamp(), MadClamp(), DoubleMadClamp(), QuantileClamp()]
)
def test_bounds_move_with_the_column(policy) -> None:
    found, moved = policy.fit(COLUMN), policy.fit(COLUMN * 4 + 1000)
    assert (moved.lo, moved.hi) == pytest.approx((found.lo * 4 + 1000, found.hi * 4 + 1000))


def test_a_target_clamp_can_hide_a_poor_model() -> None:
    """Why metrics are on raw targets: the same predictions, 45.0 off on these, 0.0 on clamped ones."""
    target, said = np.array([1.0, 2, 3, 100]), np.array([1.0, 2, 3, 10])
    clamped = Bounds(hi=10).clamp(target)
    assert np.sqrt(np.mean((target - said) ** 2)) == 45 and np.sqrt(np.mean((clamped - said) ** 2)) == 0
