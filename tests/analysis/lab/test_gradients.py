from typing import Any

import numpy as np
import pytest

from clipviz.analysis.lab import gradients
from clipviz.analysis.lab.gradients import Stream
from clipviz.core.discovery import discover
from clipviz.policies.gradients.global_norm import GlobalNormClip
from clipviz.policies.gradients.none import NoGradientClip
from clipviz.policies.gradients.value import ValueClip

GRADIENTS = discover("clipviz.policies.gradients")


@pytest.mark.parametrize("cls", GRADIENTS.values(), ids=list(GRADIENTS))
def test_every_policy_answers_each_gradient_as_if_alone(cls: Any) -> None:
    raw = np.array([[3.0, 4.0], [0.3, -0.4], [30.0, 1.0]])
    together = gradients.answer(cls(), raw)
    for place, gradient in enumerate(raw):
        alone = gradients.answer(cls(), gradient[None])
        np.testing.assert_allclose(together.after[place], alone.after[0], rtol=1e-6)
        assert together.fired[place] == alone.fired[0]
    lengths = np.linalg.norm(together.after, axis=1)
    assert (lengths <= np.linalg.norm(raw, axis=1) * (1 + 1e-5)).all()


@pytest.mark.parametrize("cls", GRADIENTS.values(), ids=list(GRADIENTS))
def test_every_policy_goes_over_a_stream_with_a_broken_step(cls: Any) -> None:
    flow = gradients.flow(cls(), Stream(60, every=20, broken=30))
    assert flow.skipped[29] and np.isnan(flow.after[29]) and np.isinf(flow.before[29])
    rest = ~flow.skipped
    assert np.isfinite(flow.after[rest]).all()
    assert (flow.after[rest] <= flow.before[rest] * (1 + 1e-5)).all()
    assert not (flow.fired & flow.skipped).any()


def test_a_stream_of_a_fixed_clip_is_its_slow_twin() -> None:
    stream = Stream(50, 0.5, 10.0, 7, 0.5)
    flow, found = gradients.flow(GlobalNormClip(max_norm=0.8), stream), stream.gradients()
    expected = [min(float(norm), 0.8) for norm in np.linalg.norm(found, axis=1)]
    np.testing.assert_allclose(flow.after, expected, rtol=1e-5)
    np.testing.assert_array_equal(flow.fired, np.linalg.norm(found, axis=1) > np.float32(0.8))


def test_the_stream_has_the_spikes_the_trend_and_the_broken_step_that_were_asked_for() -> None:
    norms = np.linalg.norm(Stream(100, 0.0, 20.0, 25, 0.1, 60).gradients(), axis=1)
    trend = 0.1 ** np.linspace(0, 1, 100)
    spikes = np.arange(24, 100, 25)
    np.testing.assert_allclose(norms[spikes], 20 * trend[spikes])
    assert np.flatnonzero(np.isinf(norms)).tolist() == [59]
    calm = np.setdiff1d(np.arange(100), [*spikes, 59])
    np.testing.assert_allclose(norms[calm], trend[calm])


def test_accumulation_of_the_reference() -> None:
    once, each = gradients.accumulated(GlobalNormClip(), np.array([[3.0, 4.0], [0.0, 1.0]]))
    np.testing.assert_allclose(once, [0.514496, 0.857493], atol=1e-5)
    np.testing.assert_allclose(each, [0.3, 0.9], atol=1e-5)


def test_micro_batches_disagree_around_their_mean() -> None:
    mean = np.array([3.0, 2.0])
    for batches in (1, 2, 8):
        found = gradients.disagreeing(mean, batches, 1.5)
        assert found.shape == (batches, 2)
        np.testing.assert_allclose(found.mean(axis=0), mean)
    np.testing.assert_allclose(gradients.disagreeing(mean, 4, 0.0), [mean] * 4)


def test_value_and_none_are_what_they_say() -> None:
    raw = np.array([[3.0, -0.5]])
    np.testing.assert_allclose(gradients.answer(ValueClip(), raw).after, [[1.0, -0.5]])
    found = gradients.answer(NoGradientClip(), raw)
    np.testing.assert_allclose(found.after, raw)
    assert np.isnan(found.limit).all() and not found.fired.any()
