"""Normalisation layers where torch's own refuse."""

import pytest
import torch
from torch import nn

from clipviz.models import _norms


@pytest.mark.parametrize(
    ("norm", "shape"), [(_norms.rows("batch", 4), (1, 4)), (_norms.planes("batch", 4), (1, 4, 1, 1))]
)
def test_one_row_by_itself_takes_the_running_statistics(norm: nn.Module, shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    norm(torch.randn(9, *shape[1:]) * 3 + 1)
    held = {name: tensor.clone() for name, tensor in norm.state_dict().items()}
    values = torch.randn(shape)
    said = norm(values)
    assert all(torch.equal(tensor, held[name]) for name, tensor in norm.state_dict().items())
    torch.testing.assert_close(said, norm.eval()(values))


def test_several_rows_are_standardised_by_their_own() -> None:
    norm, twin = _norms.rows("batch", 4), nn.BatchNorm1d(4)
    values = torch.randn(2, 4, generator=torch.Generator().manual_seed(0))
    assert norm is not None
    torch.testing.assert_close(norm(values), twin(values))
    torch.testing.assert_close(norm.running_var, twin.running_var)
