"""The rows of a run that do not fit: on disk behind the front, read ahead of the step through a bounded buffer."""

import tempfile
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clipviz.core.errors import TrainingFailed
from clipviz.training.rows import Rows, on_device

BLOCK_BYTES = 8 << 20
AHEAD = 2
"""Blocks that are gathered before they are asked for: with the one in use and the one being made, 32 MB."""


class Streamed:
    """One part of the split as `Rows` has it, with its inputs (N, D) float32 in a file that has no name.

    The same batches come in the same order, with the same bits. goal: on the device. raw: (N,) float64 on the host.
    """

    def __init__(
        self, inputs: NDArray[np.float32], goal: Tensor, raw: NDArray[np.float64], device: str
    ) -> None:
        self.goal, self.raw = goal, raw
        self._inputs, self._device = inputs, device
        self._ahead = _Ahead(inputs, device)

    def __len__(self) -> int:
        return len(self.raw)

    def take(self, places: NDArray[np.int64]) -> Rows:
        """Some rows, resident."""
        index = torch.from_numpy(places).to(self.goal.device)
        inputs = torch.from_numpy(np.asarray(self._inputs[places])).to(self._device)
        return Rows(inputs, self.goal.index_select(0, index), self.raw[places])

    def batches(self, order: NDArray[np.int64], size: int, first: int = 0) -> tuple[Tensor, ...]:
        """Places of each batch; from the batch `first` on they are read ahead."""
        found = torch.split(on_device(order, self._device), size)
        self._ahead.plan(np.split(order, range(size, len(order), size)), found, first)
        return found

    def batch(self, places: Tensor) -> tuple[Tensor, Tensor]:
        """(inputs, goal) of one batch; those of `batches`, in their order, are here already."""
        inputs = self._ahead.take(places)
        if inputs is None:
            inputs = torch.from_numpy(np.asarray(self._inputs[places.cpu().numpy()])).to(self._device)
        return inputs, self.goal.index_select(0, places)

    def blocks(self, size: int) -> Iterator[Tensor]:
        """All inputs in order, `size` rows at a time."""
        for start in range(0, len(self), size):
            yield torch.from_numpy(np.array(self._inputs[start : start + size])).to(self._device)


class _Ahead:
    """Gathers the rows of coming batches in a thread of its own, a block of batches at a time."""

    def __init__(self, inputs: NDArray[np.float32], device: str) -> None:
        self._inputs, self._device = inputs, device
        self._pool = ThreadPoolExecutor(1 if device == "cpu" else AHEAD, "rows ahead")
        self._stream: Any = torch.cuda.Stream() if device != "cpu" else None  # type: ignore[no-untyped-call]
        self._coming: Iterator[tuple[NDArray[np.int64], Sequence[Tensor]]] = iter(())
        self._making: deque[tuple[Sequence[Tensor], Future[tuple[Tensor, Any]]]] = deque()
        self._ready: deque[tuple[Tensor, Tensor]] = deque()  # places on the device, inputs

    def plan(self, rows: Sequence[NDArray[np.int64]], batches: Sequence[Tensor], first: int) -> None:
        """rows, batches: the places of each batch, on the host and on the device."""
        width = max(1, self._inputs.shape[1]) * self._inputs.itemsize
        group = max(1, BLOCK_BYTES // (width * max(1, len(rows[0]))))
        self._coming = iter(
            [
                (np.concatenate(rows[at : at + group]), batches[at : at + group])
                for at in range(first, len(rows), group)
            ]
        )
        self._making.clear()
        self._ready.clear()
        for _ in range(AHEAD):
            self._begin_one()

    def take(self, places: Tensor) -> Tensor | None:
        """The inputs of a batch; None when it is not the next one of the plan."""
        if not self._ready and self._making:
            self._open(*self._making.popleft())
        if not self._ready or self._ready[0][0] is not places:
            return None
        return self._ready.popleft()[1].clone()  # a batch of its own: as aligned in memory as a resident one

    def _begin_one(self) -> None:
        for places, batches in self._coming:
            self._making.append((batches, self._pool.submit(self._gathered, places)))
            return

    def _open(self, batches: Sequence[Tensor], made: "Future[tuple[Tensor, Any]]") -> None:
        block, copied = made.result()
        self._begin_one()
        if copied is not None:
            torch.cuda.current_stream().wait_event(copied)
            block.record_stream(torch.cuda.current_stream())
        parts = torch.split(block, [len(places) for places in batches])
        self._ready.extend(zip(batches, parts, strict=True))

    def _gathered(self, places: NDArray[np.int64]) -> tuple[Tensor, Any]:
        """(rows at (M,) places, the event after which they are on the device); read in the order of the file."""
        ranks = np.argsort(places)
        shape = (len(places), self._inputs.shape[1])
        block = torch.empty(shape, pin_memory=self._stream is not None)
        block.numpy()[ranks] = self._inputs.take(places[ranks], axis=0, mode="clip")
        if self._stream is None:
            return block, None
        with torch.cuda.stream(self._stream):
            there = block.to(self._device, non_blocking=True)
            copied = torch.cuda.Event()  # type: ignore[no-untyped-call]
            copied.record()
        return there, copied


def spooled(blocks: Iterable[Tensor], width: int, folder: Path) -> NDArray[np.float32]:
    """(N, width) float32 of blocks of rows, memory-mapped from a file in `folder` that is gone with the process.

    Raises TrainingFailed when the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = 0
    try:
        with tempfile.TemporaryFile(dir=folder, prefix="rows-") as file:
            for block in blocks:
                file.write(block.numpy().tobytes())
                rows += len(block)
            file.flush()
            return np.memmap(file, dtype=np.float32, mode="r", shape=(rows, width))
    except OSError as error:
        raise TrainingFailed(
            "Rows that do not fit into memory must fit on the disk",
            error.strerror or str(error),
            "Free some space, or use fewer columns",
        ) from error
