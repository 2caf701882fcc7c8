"""What torch throws, in words that a person can act on."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from clipviz.core.errors import TrainingFailed

STARVED = ("not enough memory", "can't allocate memory", "cannot allocate memory", "out of memory")


@contextmanager
def in_words() -> Iterator[None]:
    """Turns running out of memory, on the GPU or off it, into TrainingFailed."""
    try:
        yield
    except (MemoryError, torch.OutOfMemoryError, RuntimeError) as error:
        text = str(error)
        starved = isinstance(error, (MemoryError, torch.OutOfMemoryError))
        if not starved and not any(words in text.lower() for words in STARVED):
            raise
        first = text.splitlines()[0][:200] if text else type(error).__name__
        raise TrainingFailed(
            "Training ran out of memory", first, "Take a smaller batch, narrower layers or fewer columns"
        ) from error
