"""Division by one number."""

import numpy as np

from clipviz.policies.inputs.pixel_range import PixelRangeClamp
from clipviz.policies.normalisations.divide import Divide


def twin(policy: Divide, values: np.ndarray) -> np.ndarray:
    return np.array([value / policy.white for value in values])


def test_pixels_of_the_reference() -> None:
    pixels = np.array([-5, 127.5, 300])
    found = Divide().fit(pixels)
    clamped = PixelRangeClamp().fit(pixels).clamp(pixels)
    np.testing.assert_array_equal((clamped - found.centre) / found.scale, [0, 0.5, 1])
