import torch

from clipviz.training.randomness import random_state, set_random_state


def test_what_is_drawn_is_drawn_again() -> None:
    with torch.random.fork_rng(devices=[]):
        state = random_state("cpu")
        first = torch.rand(5)
        assert not torch.equal(torch.rand(5), first)
        set_random_state(state, "cpu")
        assert torch.equal(torch.rand(5), first)
