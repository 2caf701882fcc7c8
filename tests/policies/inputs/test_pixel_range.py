"""One range for all pixels of a channel."""

import numpy as np
import pytest

from clipviz.policies.inputs.pixel_range import PixelRangeClamp


def twin(policy: PixelRangeClamp, values: np.ndarray) -> np.ndarray:
    return np.array([min(max(value, policy.darkest), policy.brightest) for value in values])


def test_pixels_are_widened_before_they_are_moved() -> None:
    stored = np.array([0, 250], dtype=np.uint8)
    assert (stored + np.uint8(10))[1] == 4  # what must not happen
    wide = stored.astype(np.float64) + 10
    np.testing.assert_array_equal(PixelRangeClamp().fit(wide).clamp(wide), [10, 255])


def test_the_range_is_in_order() -> None:
    with pytest.raises(ValueError, match="darkest value"):
        PixelRangeClamp(darkest=200, brightest=100)
