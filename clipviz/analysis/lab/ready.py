"""What the Lab computes with, loaded ahead of the first figure: seconds, once in the life of a server."""


def load() -> None:
    """Imports PyTorch and takes one step with an optimiser, which imports the rest."""
    import torch

    torch.optim.SGD([torch.zeros(1)], lr=1.0).step()
