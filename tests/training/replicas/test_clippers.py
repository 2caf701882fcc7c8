"""Clips of several kinds side by side are the clips by themselves."""

import torch

from clipviz.core.discovery import build, discover
from clipviz.core.recipe import Recipe
from clipviz.policies.gradients.base import Spec
from clipviz.training.replicas.clippers import ManyClippers

from ..conftest import recipe

SPECS = (Spec("one", "layer 1", (4, 3), 0, 12), Spec("two", "output", (5,), 12, 5))


def recipes() -> list[Recipe]:
    """Each kind once, and two that stand apart from others of their kind."""
    kinds = [*discover("clipviz.policies.gradients"), "none", "global_norm"]
    return [recipe(gradient={"id": kind}) for kind in kinds]


def test_every_kind_at_once() -> None:
    made = recipes()
    generator = torch.Generator().manual_seed(0)
    weights = torch.randn(len(made), 17, generator=generator)
    together = ManyClippers(made, SPECS, weights)
    alone = [
        build("clipviz.policies.gradients", each.gradient).build(SPECS, weights[at : at + 1])
        for at, each in enumerate(made)
    ]
    limit = together.limit
    for size in (1.0, 3.0, 30.0, 1.0):
        gradient = torch.randn(len(made), 17, generator=generator) * size
        wanted = gradient.clone()
        said = together(gradient)
        for at, clipper in enumerate(alone):
            own = wanted[at : at + 1]
            expected = clipper(own)
            torch.testing.assert_close(gradient[at : at + 1], own, equal_nan=True)
            for mine, his in zip(said, expected, strict=True):
                torch.testing.assert_close(mine[at : at + 1], his, check_dtype=False, equal_nan=True)
            torch.testing.assert_close(together.limit[at : at + 1], clipper.limit, equal_nan=True)
            mine, his = together.share(at).state(), clipper.state()
            assert mine.keys() == his.keys()
            for name, held in his.items():
                torch.testing.assert_close(mine[name], held, equal_nan=True)
    assert together.limit is limit and together.turns and together.adapts


def test_neighbours_of_one_kind_are_one_clipper_whatever_their_numbers() -> None:
    made = [recipe(gradient={"id": "global_norm", "max_norm": most}) for most in (0.1, 1.0)]
    together = ManyClippers(made, SPECS, torch.ones(2, 17))
    after = together(torch.ones(2, 17)).after
    torch.testing.assert_close(after, torch.tensor([0.1, 1.0]).double(), rtol=1e-5, atol=0)
    assert together.share(1).replicas == 2
