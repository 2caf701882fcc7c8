"""Two learned bounds."""

from typing import Any

import pytest
import torch

from clipviz.policies.activations._calibration import calibrate
from clipviz.policies.activations.learned_range import LearnedRangeClip
from tests.policies.activations.through import through


def twin(clip: Any, x: float) -> float:
    bounds = clip.readable()
    return max(bounds["lo"].item(), min(bounds["hi"].item(), x))


def test_values_and_gradients() -> None:
    said = through(LearnedRangeClip(), [-5, -2, -1, 0, 3, 4, 5], lo=-1, hi=3)
    assert said == ([-1, -1, -1, 0, 3, 3, 3], [0, 0, 1, 1, 1, 0, 0], {"lo": 2, "hi": 2})


def test_lo_never_passes_hi_whatever_the_optimiser_does() -> None:
    clip = LearnedRangeClip(start=1.0).build(1)
    for raw in (-1.0, -10.0, -50.0):
        with torch.no_grad():
            for parameter in clip.parameters():
                parameter.fill_(raw)
        bounds = clip.readable()
        assert bounds["lo"] < bounds["hi"] or (raw == -50 and bounds["lo"] == bounds["hi"])


def test_it_starts_at_the_outer_quantiles() -> None:
    clip = LearnedRangeClip(start_quantile=0.75).build(1)
    sentence = calibrate(clip, torch.tensor([[0.0], [1], [2], [3], [10]]))
    assert [bound.item() for bound in clip.readable().values()] == pytest.approx([1, 3], abs=1e-5)
    assert sentence == "threshold starts at lo 1, hi 3, quantiles 0.25 and 0.75 of h in one batch"
