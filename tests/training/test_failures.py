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


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            RuntimeError("put_ does not have a deterministic implementation, but you set"),
            "deterministic form .*Set training.deterministic to false",
        ),
        (RuntimeError("CUDA error: unspecified launch failure"), "device must stay there"),
        (torch.AcceleratorError("CUDA error: the GPU is lost"), "go on from the last checkpoint"),
    ],
)
def test_a_device_that_vanishes_and_an_operation_that_varies(error: Exception, words: str) -> None:
    with pytest.raises(TrainingFailed, match=words), in_words():
        raise error
