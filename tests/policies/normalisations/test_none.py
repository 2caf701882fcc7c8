"""No normalisation."""

import numpy as np

from clipviz.policies.normalisations.none import NoNormalisation


def twin(policy: NoNormalisation, values: np.ndarray) -> np.ndarray:
    return values


def test_it_changes_no_bit() -> None:
    assert NoNormalisation().fit(np.array([3.0, 1e300])) == (0.0, 1.0, "")
