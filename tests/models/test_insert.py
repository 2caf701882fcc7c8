"""Clips in networks that clipviz did not write."""

import pytest
import torch
from torch import nn

import clipviz
from clipviz.core.errors import InvalidRecipe
from clipviz.policies.activations._clip import Clip
from clipviz.policies.activations.fixed import FixedClip


def images() -> nn.Module:
    shared = nn.ReLU()
    return nn.Sequential(
        nn.Conv2d(1, 3, 3),
        nn.BatchNorm2d(3),
        shared,
        nn.Conv2d(3, 4, 3),
        shared,
        nn.Flatten(),
        nn.Linear(64, 2),
    )


def test_a_clip_follows_every_activation() -> None:
    network, batch = images().eval(), torch.randn(5, 1, 8, 8) * 3
    first, second = network[:2], network[3]
    expected = network[5:](second(first(batch).relu().clamp(max=0.5)).relu().clamp(max=0.5))
    clips = clipviz.add_clips(network, FixedClip(theta=0.5))
    assert list(clips) == ["2", "4"]
    torch.testing.assert_close(network(batch), expected)


def test_an_activation_function_takes_their_place() -> None:
    network = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
    batch = torch.randn(6, 3)
    expected = network[2](nn.functional.gelu(network[0](batch)))
    clips = clipviz.add_clips(network, "gelu")
    assert sum(clip.penalty() for clip in clips.values()) == 0
    torch.testing.assert_close(network(batch), expected)


def test_starts_are_measured_first_layer_first_and_channels_counted() -> None:
    network, batch = images().train(), torch.randn(5, 1, 8, 8)
    kept = network[1].running_mean.clone()
    policy = {"id": "learned_hard", "per": "channel", "start_quantile": 1.0}
    clips = clipviz.add_clips(network, policy, example=batch, axis=1)
    assert [len(clip.theta) for clip in clips.values()] == [3, 4]
    assert torch.equal(network[1].running_mean, kept) and network.training and network[1].training
    network.eval()
    torch.testing.assert_close(
        clips["2"].theta, network[:2](batch).relu().amax((0, 2, 3)), rtol=1e-4, atol=1e-5
    )
    network(batch).sum().backward()
    assert all(clip.raw_theta.grad is not None for clip in clips.values())


def test_any_module_may_be_named_or_typed() -> None:
    network = nn.Sequential(nn.Embedding(9, 4), nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 2))
    assert list(clipviz.add_clips(network, {"id": "vector_norm", "max_norm": 0.1}, where=[nn.Embedding])) == [
        "0"
    ]
    assert network[0](torch.arange(9)).norm(dim=1).max() <= 0.1001
    assert list(clipviz.add_clips(network, "soft_cap", where=["3"])) == ["3"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"policy": "fixed", "where": ["9"]}, "names modules of the network; received '9'"),
        ({"policy": "fixed", "where": [nn.GELU]}, "must hold an activation of its own; received Sequential"),
        ({"policy": {"id": "learned_hard", "per": "channel"}}, "needs an example. Pass a batch"),
        ({"policy": "relu7"}, "activations must be one of"),
        ({"policy": {"id": "fixed", "theta": -1}}, "theta: .* received -1"),
        ({"policy": {"theta": 1}}, "its fields with an id; received {'theta': 1}"),
    ],
)
def test_what_cannot_be_is_told(given: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidRecipe, match=words):
        clipviz.add_clips(images(), **given)


class Shared(nn.Module):
    """One stack that stands at two names."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        self.second = self.first

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return self.second(self.first(values))


def test_inside_a_module_of_two_names_stands_one_clip() -> None:
    network = Shared()
    assert list(clipviz.add_clips(network, FixedClip(theta=0.5))) == ["first.1"]
    assert sum(isinstance(each, Clip) for each in network.modules()) == 1


def test_a_clip_inside_another_place_keeps_its_own() -> None:
    network = Shared()
    clips = clipviz.add_clips(network, FixedClip(theta=0.5), where=["first", "first.1"])
    assert list(clips) == ["first", "first.1"]
    assert network.first[1] is clips["first"] and network.first[0][1][1] is clips["first.1"]


@pytest.mark.parametrize("where", [nn.ReLU, "1"])
def test_one_place_needs_no_list(where: type[nn.Module] | str) -> None:
    assert list(
        clipviz.add_clips(nn.Sequential(nn.Linear(2, 2), nn.ReLU()), "learned_tanh", where=where)
    ) == ["1"]


def test_whatever_is_raised_the_network_stays_as_it_was() -> None:
    network = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.LSTM(8, 2))
    before = str(network)
    with pytest.raises(RuntimeError, match="shapes"):
        clipviz.add_clips(network, "learned_tanh", example=torch.zeros(5, 3))
    assert str(network) == before
    with pytest.raises(InvalidRecipe, match="gives one tensor; received tuple"):
        clipviz.add_clips(network, "learned_tanh", where=[nn.ReLU, nn.LSTM], example=torch.zeros(5, 4))
    assert str(network) == before


def test_starts_are_measured_in_half_precision_too() -> None:
    network = nn.Sequential(nn.Linear(4, 8), nn.ReLU()).bfloat16()
    clips = clipviz.add_clips(network, "learned_tanh", example=torch.ones(5, 4, dtype=torch.bfloat16))
    assert clips["1"].theta.isfinite().all()
    assert network(torch.ones(1, 4, dtype=torch.bfloat16)).dtype == torch.bfloat16
