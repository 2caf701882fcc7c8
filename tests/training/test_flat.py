"""One buffer for all weights, one for all gradients."""

import torch

from clipviz.models.base import Clips, Signal
from clipviz.models.mlp import MLP
from clipviz.policies.activations.learned_tanh import LearnedTanhClip
from clipviz.training.flat import Flat


def test_parameters_and_gradients_are_views() -> None:
    torch.manual_seed(0)
    body = MLP(widths=(4, 3)).build(Signal(2), 1, Clips(LearnedTanhClip()))
    twin = MLP(widths=(4, 3)).build(Signal(2), 1, Clips(LearnedTanhClip()))
    twin.load_state_dict(body.state_dict())
    flat = Flat(body, "cpu")
    inputs = torch.randn(7, 2)
    assert torch.equal(body(inputs), twin(inputs))
    body(inputs).sum().backward()
    twin(inputs).sum().backward()
    for spec in flat.specs:
        mine = flat.gradient[0, spec.start : spec.start + spec.size].view(spec.shape)
        assert torch.equal(mine, twin.get_parameter(spec.name).grad)
    flat.weights.zero_()
    assert all(parameter.count_nonzero() == 0 for parameter in body.parameters())


def test_layers_and_thresholds_cover_the_buffer_once() -> None:
    body = MLP(widths=(4, 3)).build(Signal(2), 1, Clips(LearnedTanhClip()))
    flat = Flat(body, "cpu")
    assert list(flat.layers) == ["layer 1", "layer 2", "output"]
    assert [view.shape for view in flat.layers.values()] == [(1, 12), (1, 15), (1, 4)]
    assert [spec.layer for spec in flat.specs if spec.start >= flat.split] == ["layer 1", "layer 2"]
    assert flat.rates == ((1.0, 31, 33),)
    assert flat.split == 31 and flat.weights.shape == (1, 33)
    assert sum(spec.size for spec in flat.specs) == 33
