"""Where a run computes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

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


def current(device: str) -> list[int]:
    """The GPU that computes, for those who keep its generator; none of the CPU."""
    if device == "cpu":
        return []
    import torch

    return [torch.cuda.current_device()]


@contextmanager
def one_stream(device: str) -> Iterator[None]:
    """Inside, all work on CUDA goes to one stream that is not the default one, so that a step can be captured there.

    Backward follows the streams on which a network's weights were first used: from one capture it must find no other.
    """
    if device == "cpu":
        yield
        return
    import torch

    stream: Any = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        yield


def capturing() -> bool:
    """Whether what is launched now is recorded for a CUDA graph, and does not run."""
    import torch

    return torch.cuda.is_available() and torch.cuda.is_current_stream_capturing()


@contextmanager
def repeatable(wanted: bool) -> Iterator[None]:
    """Inside, where it is wanted, torch takes only operations that give the same bits each time, or raises.

    On the CPU, with one number of threads, all that a step does gives them anyway.
    """
    if not wanted:
        yield
        return
    import torch

    before, tries = torch.are_deterministic_algorithms_enabled(), torch.backends.cudnn.benchmark
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when the first matrix is multiplied
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
        torch.backends.cudnn.benchmark = tries
