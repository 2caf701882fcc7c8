"""The range of the training rows."""

import numpy as np

from clipviz.policies.inputs.training_range import TrainingRangeClamp


def twin(policy: TrainingRangeClamp, values: np.ndarray) -> np.ndarray:
    reach = policy.margin * (max(values) - min(values))
    return np.array([min(max(value, min(values) - reach), max(values) + reach) for value in values])


def test_training_rows_stay_and_later_ones_are_held() -> None:
    values = np.array([2.0, 8, 5, np.nan, np.inf])
    found = TrainingRangeClamp().fit(values)
    np.testing.assert_array_equal(found.clamp(values[:3]), values[:3])
    np.testing.assert_array_equal(found.clamp(np.array([-100.0, 100])), [2, 8])


def test_a_margin_is_a_share_of_the_range() -> None:
    found = TrainingRangeClamp(margin=0.5).fit(np.array([2.0, 8]))
    assert (found.lo, found.hi) == (-1, 11)
