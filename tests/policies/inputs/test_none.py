"""No input clamp."""

import numpy as np

from clipviz.core.bounds import Bounds
from clipviz.policies.inputs.none import NoClamp


def twin(policy: NoClamp, values: np.ndarray) -> np.ndarray:
    return values


def test_both_sides_are_open() -> None:
    assert NoClamp().fit(np.array([1.0, np.inf, np.nan])) == Bounds()
