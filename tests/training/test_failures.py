"""What torch throws, in words."""

import pytest
import torch

from clipviz.core.errors import TrainingFailed
from clipviz.training.failures import in_words


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: not enough memory"),
    ],
)
def test_out_of_memory(error: Exception) -> None:
    with (
        pytest.raises(TrainingFailed, match=r"ran out of memory; received .*\. Take a smaller batch"),
        in_words(),
    ):
        raise error


def test_other_errors_keep_their_own_words() -> None:
    with pytest.raises(RuntimeError, match="shapes do not match"), in_words():
        raise RuntimeError("shapes do not match")
