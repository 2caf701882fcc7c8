"""Where a run computes."""

from typing import Literal

from clipviz.core.errors import TrainingFailed


def choose(asked: Literal["auto", "cpu", "cuda"]) -> tuple[str, str]:
    """The device that `asked` means here, and why in plain words; raises TrainingFailed for a GPU that is not
    there.

    Touches CUDA: never call it in a process that forks workers.
    """
    if asked == "cpu":
        return "cpu", "CPU, as asked"
    import torch

    if torch.cuda.is_available():
        return "cuda", torch.cuda.get_device_name()
    if asked == "cuda":
        raise TrainingFailed(
            "Training on a GPU needs a CUDA device that torch can see",
            f"torch {torch.__version__} without one",
            "Set device to auto or cpu, or install a CUDA build of torch and its driver",
        )
    return "cpu", "CPU: torch sees no CUDA device"
