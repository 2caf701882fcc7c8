"""ResNet-18, against the published shapes of its weights."""

import torch

from clipviz.models.base import Clips, Signal
from clipviz.models.resnet18 import ResNet18
from clipviz.policies.activations.none import NoClip
from tests.models.specimens import LEARNED

PHOTO = Signal(width=64 * 64 * 3, image=(64, 64, 3))


def build(frozen: bool = False, clip: object = None, **fields: object) -> "torch.nn.Module":
    torch.manual_seed(0)
    return ResNet18.model_validate({"frozen": frozen, **fields}).build(PHOTO, 1000, Clips(clip or NoClip()))


def test_weights_have_the_names_and_shapes_of_the_published_ones() -> None:
    state = {name: tuple(tensor.shape) for name, tensor in build().state_dict().items()}
    assert len(state) == 122
    assert sum(p.numel() for p in build().parameters()) == 11_689_512
    assert state["conv1.weight"] == (64, 3, 7, 7) and state["bn1.running_var"] == (64,)
    assert state["layer1.1.bn2.weight"] == (64,)
    assert state["layer2.0.downsample.0.weight"] == (128, 64, 1, 1)
    assert state["layer4.1.conv2.weight"] == (512, 512, 3, 3)
    assert state["fc.weight"] == (1000, 512)


def test_frozen_moves_the_last_layer_and_the_clips_only() -> None:
    built = build(frozen=True, clip=LEARNED)
    moving = {name for name, p in built.named_parameters() if p.requires_grad}
    assert {"fc.weight", "fc.bias"} <= moving
    assert {name for name in moving if "raw_theta" not in name} == {"fc.weight", "fc.bias"}
    before = built.bn1.running_mean.clone()
    built.train()(torch.rand(2, PHOTO.width))
    assert torch.equal(built.bn1.running_mean, before)


def test_images_are_enlarged_where_asked_for() -> None:
    seen: list[torch.Size] = []
    built = build(size=96)
    built.conv1.register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0].shape))
    built(torch.rand(1, PHOTO.width))
    assert seen == [(1, 3, 96, 96)]
