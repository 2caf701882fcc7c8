"""Where torch's generators stand, on both devices."""

import pytest
import torch

from clipviz.training.chance import random_state, set_random_state

from .pretence import pretended


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_what_is_drawn_after_a_state_is_put_back_is_what_was_drawn(device: str) -> None:
    with torch.random.fork_rng(devices=[]), pretended():
        state = random_state(device)
        first = torch.rand(3, device=device).cpu()
        set_random_state(state, device)
        assert torch.equal(torch.rand(3, device=device).cpu(), first)
    assert set(state) == ({"random"} if device == "cpu" else {"random", "random_cuda"})
