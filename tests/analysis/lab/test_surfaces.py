import numpy as np
import pytest
import torch

from clipviz.analysis.lab.surfaces import SURFACES, Surface


@pytest.mark.parametrize("surface", SURFACES.values(), ids=list(SURFACES))
def test_the_slope_is_that_of_the_loss(surface: Surface) -> None:
    draw = np.random.default_rng(0)
    x, y = (torch.tensor(draw.uniform(*window, 50), requires_grad=True) for window in (surface.x, surface.y))
    across, up = torch.autograd.grad(surface.loss(x, y).sum(), [x, y])
    mine = surface.slope(x, y)
    torch.testing.assert_close(mine[0], across)
    torch.testing.assert_close(mine[1], up)


@pytest.mark.parametrize("surface", SURFACES.values(), ids=list(SURFACES))
def test_minima_are_flat_lowest_and_in_the_window(surface: Surface) -> None:
    _, _, heights = surface.heights()
    for x, y in surface.minima:
        assert surface.x[0] < x < surface.x[1] and surface.y[0] < y < surface.y[1]
        slope = surface.slope(torch.tensor(x, dtype=torch.float64), torch.tensor(y, dtype=torch.float64))
        assert max(abs(float(part)) for part in slope) < 1e-4
    assert surface.lowest <= heights.min() + 1e-9
    assert surface.x[0] < surface.start[0] < surface.x[1] and surface.y[0] < surface.start[1] < surface.y[1]
