"""Where torch's generators stand."""

import torch
from torch import Tensor


def random_state(device: str) -> dict[str, Tensor]:
    """By the names that checkpoints have for them."""
    state = {"random": torch.get_rng_state()}
    if device != "cpu":
        state["random_cuda"] = torch.cuda.get_rng_state()
    return state


def set_random_state(state: dict[str, Tensor], device: str) -> None:
    """Puts the generators back to where `random_state` found them."""
    torch.set_rng_state(state["random"])
    if device != "cpu" and "random_cuda" in state:
        torch.cuda.set_rng_state(state["random_cuda"])
