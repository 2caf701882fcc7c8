"""What may be resident."""

import pytest

from clipviz.training import memory


def test_a_given_limit_counts_and_else_a_share_of_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda device: 1000)
    assert memory.fits(250, "cpu") and not memory.fits(251, "cpu")
    assert memory.fits(500, "cuda") and not memory.fits(501, "cuda")
    assert memory.fits(7, "cpu", 7) and not memory.fits(1, "cpu", 0)


def test_the_limit_of_a_container_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    free = memory.available("cpu")
    assert 0 < free < 1 << 50
    monkeypatch.setattr(memory, "_of_the_container", lambda: 5)
    assert memory.available("cpu") == 5
