"""What torch throws, in words that a person can act on."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from clipviz.core.errors import TrainingFailed

STARVED = ("not enough memory", "can't allocate memory", "cannot allocate memory", "out of memory")


class Starved(TrainingFailed):
    """So many networks at once do not fit into memory; fewer may."""


def starved(error: BaseException) -> bool:
    """Whether an error of torch means that memory ran out, on the GPU or off it."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in STARVED)


@contextmanager
def in_words() -> Iterator[None]:
    """Turns what a person can act on into TrainingFailed: memory that ran out, a device that is gone, an operation
    that is not the same each time.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        text = str(error)
        first = text.splitlines()[0][:200] if text else type(error).__name__
        if starved(error):
            raise TrainingFailed(
                "Training ran out of memory", first, "Take a smaller batch, narrower layers or fewer columns"
            ) from error
        if "deterministic" in text.lower():
            raise TrainingFailed(
                "Every operation must have a deterministic form (training.deterministic)",
                first,
                "Set training.deterministic to false, or train on the CPU",
            ) from error
        if isinstance(error, torch.AcceleratorError) or "CUDA error" in text:
            raise TrainingFailed(
                "The device must stay there until training ends",
                first,
                "Look at the machine's GPU, then go on from the last checkpoint, or train on the CPU",
            ) from error
        raise
