"""The ring buffer that keeps a run's numbers on the device until they leave in blocks."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Deliver = Callable[[NDArray[np.int64], NDArray[np.float32]], None]


class _Sent(NamedTuple):
    first: int
    host: Tensor
    arrived: Any


class Ring:
    """The last `capacity` rows of K x S numbers, on the device, in float32.

    `write` copies a row into place without a word to the host. `flush` sends what is new: on the CPU at once;
    on CUDA by an asynchronous copy into pinned memory that is delivered at the next flush, when it has long
    arrived. With `device_cursor` the write position lives on the device too, so that a captured graph can be
    replayed.
    """

    def __init__(
        self, series: int, capacity: int, device: str, replicas: int = 1, device_cursor: bool | None = None
    ) -> None:
        self._rows = torch.full((capacity, replicas, series), float("nan"), device=device)
        self._capacity = capacity
        self._cuda = self._rows.is_cuda
        moves = self._cuda if device_cursor is None else device_cursor
        self._cursor = torch.zeros(1, dtype=torch.int64, device=device) if moves else None
        self._slots = list(self._rows.unbind(0)) if not moves else []
        self._written = self._taken = 0
        self._first_step = 0
        self._sent: list[_Sent] = []

    def start(self, step: int) -> None:
        """The step that the next written row belongs to."""
        self._first_step = step - self._written

    @property
    def full(self) -> bool:
        return self._written - self._taken >= self._capacity

    def write(self, row: Tensor) -> None:
        """Keeps one row (K, S); the caller flushes before the ring is full."""
        self.store(row)
        self.counted()

    def store(self, row: Tensor) -> None:
        """What `write` does on the device: with a cursor there, it may be captured and replayed."""
        if self._cursor is None:
            self._slots[self._written % self._capacity].copy_(row)
        else:
            self._rows.index_copy_(0, self._cursor, row.unsqueeze(0).to(torch.float32))
            self._cursor.add_(1).remainder_(self._capacity)

    def counted(self) -> None:
        """What `write` does on the host."""
        self._written += 1

    def flush(self, deliver: Deliver, wait: bool = False) -> None:
        """Hands new rows on as steps (T,) and values (T, K·S); with `wait` all of them, even on CUDA."""
        self._hand_on(deliver)  # of the flush before: long arrived, and not lost with a device that is
        while self._taken < self._written:
            start = self._taken % self._capacity
            count = min(self._written - self._taken, self._capacity - start)
            self._send(self._first_step + self._taken, self._rows[start : start + count])
            self._taken += count
        if wait or not self._cuda:
            self._hand_on(deliver)

    def _hand_on(self, deliver: Deliver) -> None:
        while self._sent:
            sent = self._sent.pop(0)
            if sent.arrived is not None:
                sent.arrived.synchronize()
            values = sent.host.flatten(1).numpy()
            deliver(np.arange(sent.first, sent.first + len(values), dtype=np.int64), values)

    def _send(self, first: int, rows: Tensor) -> None:
        if not self._cuda:
            self._sent.append(_Sent(first, rows.clone(), None))
            return
        host = torch.empty(rows.shape, dtype=rows.dtype, pin_memory=True)
        host.copy_(rows, non_blocking=True)
        arrived = torch.cuda.Event()  # type: ignore[no-untyped-call]
        arrived.record()
        self._sent.append(_Sent(first, host, arrived))
