"""The ring buffer."""

import numpy as np
import pytest
import torch

from clipviz.training.telemetry import Ring, _Sent


@pytest.mark.parametrize("device_cursor", [False, True])
@pytest.mark.parametrize("blocks", [[3, 2, 4], [8, 8, 8], [1] * 20, [5, 8, 7, 1]])
def test_every_row_arrives_once_and_in_order(blocks: list[int], device_cursor: bool) -> None:
    ring = Ring(2, 8, "cpu", device_cursor=device_cursor)
    ring.start(41)
    steps: list[int] = []
    values: list[float] = []

    def deliver(these: np.ndarray, numbers: np.ndarray) -> None:
        assert numbers.dtype == np.float32
        steps.extend(these.tolist())
        values.extend(numbers[:, 0].tolist())

    written = 0
    for count in blocks:
        for _ in range(count):
            ring.write(torch.tensor([[float(written), np.nan]], dtype=torch.float64))
            written += 1
        ring.flush(deliver)
    assert steps == list(range(41, 41 + written))
    assert values == list(range(written))


def test_it_says_when_it_is_full() -> None:
    ring = Ring(1, 3, "cpu")
    for _ in range(3):
        assert not ring.full
        ring.write(torch.zeros(1, 1))
    assert ring.full


def test_a_delivered_block_is_not_overwritten() -> None:
    ring = Ring(1, 2, "cpu")
    kept: list[np.ndarray] = []
    for number in range(4):
        ring.write(torch.full((1, 1), float(number)))
        ring.flush(lambda steps, values: kept.append(values))
    assert [float(block[0, 0]) for block in kept] == [0, 1, 2, 3]


def test_replicas_lie_side_by_side() -> None:
    ring = Ring(2, 4, "cpu", replicas=3)
    ring.write(torch.arange(6.0).view(3, 2))
    seen: list[list[list[float]]] = []
    ring.flush(lambda steps, values: seen.append(values.tolist()))
    assert seen == [[[0, 1, 2, 3, 4, 5]]]


def test_rows_that_have_arrived_are_not_lost_with_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Ring(1, 8, "cpu")
    seen: list[int] = []
    ring.write(torch.zeros(1, 1))
    monkeypatch.setattr(ring, "_cuda", True)  # what was sent is handed on at the next flush
    monkeypatch.setattr(
        ring, "_send", lambda first, rows: ring._sent.append(_Sent(first, rows.clone(), None))
    )
    ring.flush(lambda steps, values: seen.extend(steps.tolist()))
    assert seen == []
    ring.write(torch.ones(1, 1))

    def gone(first: int, rows: torch.Tensor) -> None:
        raise torch.AcceleratorError("CUDA error: the GPU is lost")

    monkeypatch.setattr(ring, "_send", gone)
    with pytest.raises(torch.AcceleratorError):
        ring.flush(lambda steps, values: seen.extend(steps.tolist()), wait=True)
    assert seen == [0]
