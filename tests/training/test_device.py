"""Where a run computes."""

import pytest
import torch

from clipviz.core.errors import TrainingFailed
from clipviz.training.device import choose, repeatable


def test_without_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose("cpu") == ("cpu", "CPU, as asked")
    assert choose("auto") == ("cpu", "CPU: torch sees no CUDA device")
    with pytest.raises(
        TrainingFailed, match=r"needs a CUDA device that torch can see.*Set device to auto or cpu"
    ):
        choose("cuda")


def test_with_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "A GPU")
    assert choose("auto") == ("cuda", "A GPU") == choose("cuda")


def test_repeatable_operations_are_asked_for_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    with repeatable(False):
        assert not torch.are_deterministic_algorithms_enabled()
    with pytest.raises(KeyError), repeatable(True):
        assert torch.are_deterministic_algorithms_enabled()
        raise KeyError
    assert not torch.are_deterministic_algorithms_enabled()
