"""The residual network."""

import torch

from clipviz.models.residual_cnn import ResidualCNN
from clipviz.policies.activations.fixed import FixedClip
from tests.models.specimens import IMAGES, body, rows


def test_places_are_named_after_stages_and_blocks() -> None:
    assert ResidualCNN(stages=2, blocks=2).places() == (
        "input",
        "stem",
        "stage 1 block 1, inside",
        "stage 1 block 1",
        "stage 1 block 2, inside",
        "stage 1 block 2",
        "stage 2 block 1, inside",
        "stage 2 block 1",
        "stage 2 block 2, inside",
        "stage 2 block 2",
        "output",
    )


def test_a_block_is_the_sum_of_its_branches() -> None:
    built = body(ResidualCNN(width=4, stages=2, norm="none"), FixedClip(theta=0.7))
    values = torch.randn(3, 4, 8, 10)
    one, two = built.layer1[0], built.layer2[0]

    def branch(block: torch.nn.Module, values: torch.Tensor) -> torch.Tensor:
        return block.conv2(block.conv1(values).relu().clamp(-0.7, 0.7))

    torch.testing.assert_close(one(values), (branch(one, values) + values).relu().clamp(-0.7, 0.7))
    want = (branch(two, values) + two.downsample(values)).relu().clamp(-0.7, 0.7)
    assert want.shape == (3, 8, 4, 5)
    torch.testing.assert_close(two(values), want)


def test_running_statistics_make_evaluation_independent_of_the_batch() -> None:
    built = body(ResidualCNN(width=4, stages=1))
    built(rows(IMAGES, 40))
    built.eval()
    values = rows(IMAGES)
    torch.testing.assert_close(built(values)[:2], built(values[:2]))
