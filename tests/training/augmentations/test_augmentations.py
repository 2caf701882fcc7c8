"""Every augmentation, on batches of small images."""

import pytest
import torch
from torch import Tensor

from clipviz.core.discovery import discover
from clipviz.training.augmentations.affine import Affine
from clipviz.training.augmentations.crop import Crop
from clipviz.training.augmentations.erase import Erase
from clipviz.training.augmentations.flip import Flip
from clipviz.training.augmentations.jitter import Jitter

KINDS = discover("clipviz.training.augmentations")


def images(count: int = 50, channels: int = 3) -> Tensor:
    return torch.rand(count, channels, 12, 16, generator=torch.Generator().manual_seed(0))


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("name", KINDS)
def test_shape_range_and_originals_are_kept(name: str, channels: int) -> None:
    before = images(channels=channels)
    copy = before.clone()
    after = KINDS[name](probability=1.0)(before)
    assert after.shape == before.shape and after.dtype == before.dtype
    assert after.min() >= 0 and after.max() <= 1 and torch.isfinite(after).all()
    assert torch.equal(before, copy)
    assert not torch.equal(after, before)


@pytest.mark.parametrize("name", KINDS)
def test_the_share_of_changed_images_is_as_asked(name: str) -> None:
    before = images(1000)
    changed = (KINDS[name](probability=0.3)(before) != before).flatten(1).any(dim=1)
    assert 0.2 < changed.float().mean() < 0.4
    assert torch.equal(KINDS[name](probability=0.0)(before), before)


@pytest.mark.parametrize("name", KINDS)
def test_what_happens_follows_from_torchs_generator(name: str) -> None:
    state = torch.get_rng_state()
    first = KINDS[name]()(images())
    torch.set_rng_state(state)
    assert torch.equal(KINDS[name]()(images()), first)


def test_a_flip_twice_is_nothing() -> None:
    before = images()
    assert torch.equal(Flip().change(Flip().change(before)), before)


def test_a_crop_moves_whole_pixels_and_is_one_of_all_moves() -> None:
    one = images(1)
    padded = torch.nn.functional.pad(one, (1, 1, 1, 1))
    moves = {
        (top, left): padded[:, :, top : top + 12, left : left + 16] for top in range(3) for left in range(3)
    }
    seen = set()
    for result in Crop(padding=1).change(one.expand(200, -1, -1, -1)):
        seen |= {place for place, moved in moves.items() if torch.equal(moved[0], result)}
    assert seen == set(moves)


def test_an_affine_without_reach_changes_nothing_and_a_half_turn_turns() -> None:
    before = images()
    still = Affine(degrees=0, shift=0, zoom=0).change(before)
    assert torch.allclose(still, before, atol=1e-5)
    turned = Affine(degrees=180, shift=0, zoom=0)
    pixel = torch.zeros(1, 1, 12, 16)
    pixel[0, 0, 3, 4] = 1
    angles = [turned.change(pixel).sum().item() for _ in range(20)]
    assert all(0 <= total < 1.5 for total in angles)  # mass is kept where it stays inside


def test_a_turn_keeps_a_round_hill_round_on_a_wide_image() -> None:
    down, across = torch.meshgrid(torch.arange(24.0), torch.arange(48.0), indexing="ij")
    hill = (-((down - 11.5) ** 2 + (across - 23.5) ** 2) / 18).exp().view(1, 1, 24, 48)
    for _ in range(5):
        turned = Affine(degrees=180, shift=0, zoom=0).change(hill)
        assert (turned - hill).abs().max() < 0.05  # what bilinear interpolation takes off the top


def test_jitter_keeps_what_has_no_colour_without_colour() -> None:
    grey = images(channels=1).expand(-1, 3, -1, -1)
    after = Jitter(probability=1.0)(grey)
    assert torch.allclose(after[:, 0], after[:, 1], atol=1e-6) and torch.allclose(
        after[:, 0], after[:, 2], atol=1e-6
    )


def test_erasing_makes_one_rectangle_of_at_most_the_largest_area() -> None:
    ones = torch.ones(500, 1, 40, 40)
    holes = Erase(largest=0.25).change(ones) == 0
    areas = holes.flatten(1).float().mean(dim=1)
    assert areas.max() <= 0.30 and areas.mean() > 0.08
    heights, widths = holes.any(dim=3).sum(dim=2), holes.any(dim=2).sum(dim=2)
    assert torch.equal(
        holes.flatten(1).sum(dim=1), (heights * widths).flatten()
    )  # each hole is a full rectangle
