"""What augmentations make of images."""

import numpy as np
import pytest
import torch

from clipviz.analysis.augmenting import changed
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 4, 6, 3)).astype(np.uint8)


def test_images_come_back_changed_in_their_own_units() -> None:
    flipped = changed(IMAGES, [Choice.of("flip", probability=1.0)], 255.0, seed=0)
    np.testing.assert_allclose(flipped, IMAGES[:, :, ::-1], atol=1e-4)
    np.testing.assert_allclose(changed(IMAGES, [], 255.0, seed=0), IMAGES, atol=1e-4)


def test_the_seed_decides_and_the_callers_generator_is_left_alone() -> None:
    jitter = [Choice.of("jitter", probability=1.0)]
    before = torch.get_rng_state()
    one, again, other = (changed(IMAGES, jitter, 255.0, seed) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    assert (one == again).all() and (one != other).any()
    assert one.min() >= 0 and one.max() <= 255


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(InvalidRecipe, match="must be one of"):
        changed(IMAGES, [Choice(id="melt")], 255.0, 0)
