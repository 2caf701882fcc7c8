"""The convolutional network."""

import pytest
import torch
from torch.nn import functional

from clipviz.core.discovery import build
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice
from clipviz.models.base import Clips, Signal
from clipviz.models.cnn import CNN
from clipviz.policies.activations.fixed import FixedClip
from clipviz.policies.activations.none import NoClip
from tests.models.specimens import IMAGES, body, rows


def test_it_equals_the_network_one_would_write() -> None:
    built = body(CNN(channels=(4, 5)), FixedClip(theta=0.5))
    first, second = built.hidden
    images = rows(IMAGES).view(6, 8, 10, 3).permute(0, 3, 1, 2)
    values = functional.max_pool2d(first(images).relu().clamp(-0.5, 0.5), 2)
    values = functional.max_pool2d(second(values).relu().clamp(-0.5, 0.5), 2)
    torch.testing.assert_close(built(rows(IMAGES)), built.output(values.flatten(1)))


def test_small_images_are_pooled_as_long_as_there_is_something_to_pool() -> None:
    signal = Signal(width=6, image=(2, 3, 1))
    built = CNN(channels=(4, 4, 4)).build(signal, 2, Clips(NoClip()))
    assert built(torch.randn(5, 6)).shape == (5, 2)
    assert built.output.in_features == 4


@pytest.mark.parametrize("norm", ["none", "batch", "layer"])
def test_every_norm_standardises_as_it_says(norm: str) -> None:
    built = body(CNN.model_validate({"channels": (4,), "norm": norm}))
    taps: list[torch.Tensor] = []
    built.place[0].function = None  # before the nonlinearity
    built(rows(IMAGES, 50) * 7 + 3, taps)
    over = {"none": None, "batch": (0, 2, 3), "layer": (1, 2, 3)}[norm]
    if over:
        torch.testing.assert_close(
            taps[0].mean(over), torch.zeros_like(taps[0].mean(over)), atol=1e-4, rtol=0
        )


@pytest.mark.parametrize("kernel", [0, 2, 13])
def test_a_kernel_must_be_odd_and_in_range(kernel: int) -> None:
    with pytest.raises(InvalidRecipe, match="kernel"):
        build("clipviz.models", Choice.of("cnn", kernel=kernel))
