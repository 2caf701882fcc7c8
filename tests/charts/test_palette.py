"""Colours can be told apart, and read on their ground."""

import itertools
from collections.abc import Sequence

import numpy as np
import pytest

from clipviz.charts.palette import DARK, LIGHT, Palette
from clipviz.charts.policy_looks import looks
from clipviz.ui import lab_activations, lab_gradients

RED_BLIND = np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]])
GREEN_BLIND = np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]])
TO_CONES = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]])
TO_LAB = np.array([[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])


def light(colour: str) -> np.ndarray:
    """Linear red, green, blue."""
    value = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def seen(colour: str, eyes: np.ndarray) -> np.ndarray:
    """OKLab of a colour as some eyes see it."""
    return TO_LAB @ np.cbrt(TO_CONES @ np.clip(eyes @ light(colour), 0, 1))


def contrast(one: str, other: str) -> float:
    high, low = sorted((float(light(each) @ [0.2126, 0.7152, 0.0722]) for each in (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def nearest(colours: Sequence[str]) -> float:
    """The least distance of two colours to eyes that see all, no red, or no green."""
    return min(
        float(np.linalg.norm(seen(one, eyes) - seen(other, eyes)))
        for one, other in itertools.combinations(colours, 2)
        for eyes in (np.eye(3), RED_BLIND, GREEN_BLIND)
    )


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_the_colours_of_policies_can_be_told_apart(colours: Palette) -> None:
    for one, other in itertools.combinations((*colours.policies, colours.series[-1]), 2):
        assert np.linalg.norm(seen(one, np.eye(3)) - seen(other, np.eye(3))) > 0.06
    for family, slots in (("activations", lab_activations.SLOTS), ("gradients", lab_gradients.SLOTS)):
        opened = [looks(family, colours)[choice.id].colour for choice in slots.values() if choice]
        assert nearest(opened) > 0.08  # what the Lab opens with


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_the_colours_of_runs_can_be_told_apart_by_everybody(colours: Palette) -> None:
    assert nearest(colours.series) > 0.085
    assert colours.series[:2] == (colours.value, colours.clamped), "before and after, wherever two are drawn"
    assert min(contrast(each, colours.ground) for each in colours.series) > 2.2


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_lines_stand_out_from_their_ground(colours: Palette) -> None:
    assert min(contrast(each, colours.ground) for each in colours.policies) > 2.2
    assert contrast(colours.ink, colours.ground) > 10
