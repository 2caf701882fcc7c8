"""The whole step as a CUDA graph: recorded once, then launched as one piece instead of operation by operation."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal, NamedTuple, Protocol

import torch
from torch import Tensor

from clipviz.training.rows import Rows
from clipviz.training.step import Step
from clipviz.training.stream import Streamed
from clipviz.training.telemetry import Ring

WARM = 3
"""Steps of one size that run as they are before it is recorded: in them libraries choose and allocate."""

Work = Callable[[], None]
Move = Callable[[Rows | Streamed, Tensor], None]
"""One training step on the rows at some places, whose numbers land in a ring."""


class Recorder(Protocol):
    """What records work and replays it."""

    def warm(self, work: Work) -> None:
        """Runs work where it will be recorded."""

    def record(self, work: Work) -> Work:
        """Records work without running it; returns what replays it. Raises RuntimeError where it cannot be."""


class _Graph(NamedTuple):
    """held: what the recorded step reads of a batch, always the same memory."""

    held: tuple[Tensor, ...]
    replay: Work


def moving(step: Step, ring: Ring, wanted: Literal["auto", "off"], say: Callable[[str], None]) -> Move:
    """A step with its row kept; on CUDA replayed from graphs, unless that is not wanted. say: hears how it went."""
    if step.row.is_cuda and wanted == "auto":
        return Captured(step, ring, CudaRecorder(), say)

    def plain(rows: Rows | Streamed, places: Tensor) -> None:
        step(rows, places)
        ring.write(step.row)

    return plain


class Captured:
    """Steps replayed from a graph of all they do: gather the batch, change it, forward, backward, clip, move, and the
    row in the ring.

    There is one graph for each size of a batch, for the last of an epoch is smaller. A replay reads and writes the
    memory of the step that was recorded: rates, weights, statistics and generators move on in between as ever, and
    the numbers are those of steps that run as they are. Streamed rows are copied into place before. What cannot be
    recorded runs as it is; it is tried again once batches go through the network in more pieces.
    """

    def __init__(self, step: Step, ring: Ring, recorder: Recorder, say: Callable[[str], None]) -> None:
        self._step, self._ring, self._recorder, self._say = step, ring, recorder, say
        self._pieces = step.backward.pieces
        self._graphs: dict[torch.Size, _Graph] = {}
        self._ran: Counter[torch.Size] = Counter()
        self._records, self._told = True, False

    def __call__(self, rows: Rows | Streamed, places: Tensor) -> None:
        """One step on the rows at `places`, on the device."""
        if self._pieces != self._step.backward.pieces:
            self._forget()
        given = rows.batch(places) if isinstance(rows, Streamed) else (places,)
        size = places.shape
        if self._records and size not in self._graphs and self._ran[size] >= WARM:
            self._record(size, rows, given)
        graph = self._graphs.get(size)
        if graph is None:
            self._run(rows, given)
            self._ran[size] += 1
        else:
            for held, now in zip(graph.held, given, strict=True):
                held.copy_(now, non_blocking=True)
            graph.replay()
        self._ring.counted()

    def _forget(self) -> None:
        """What was recorded takes the batch in other pieces than it must be from now on."""
        self._pieces = self._step.backward.pieces
        self._graphs.clear()
        self._ran.clear()
        self._records = True

    def _run(self, rows: Rows | Streamed, given: tuple[Tensor, ...]) -> None:
        work = self._work(rows, given)
        if self._records:
            self._recorder.warm(work)
        else:
            work()

    def _work(self, rows: Rows | Streamed, given: tuple[Tensor, ...]) -> Work:
        def work() -> None:
            inputs, goal = given if isinstance(rows, Streamed) else rows.batch(*given)
            self._step.learn(inputs, goal)
            self._ring.store(self._step.row)

        return work

    def _record(self, size: torch.Size, rows: Rows | Streamed, given: tuple[Tensor, ...]) -> None:
        held = tuple(each.clone() for each in given)
        try:
            replay = self._recorder.record(self._work(rows, held))
        except RuntimeError as error:
            self._graphs.clear()
            self._records = False
            reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
            self._say(f"not captured: {reason}; the operations of a step are launched one by one")
            return
        self._graphs[size] = _Graph(held, replay)
        if not self._told:
            self._told = True
            self._say("each step is launched as one CUDA graph from here on")


class CudaRecorder:
    """Records on the stream that it finds, or on its own where that is the default one, which cannot be recorded.

    The graphs share one pool of memory, for none runs beside another.
    """

    def __init__(self) -> None:
        self._stream: Any = torch.cuda.current_stream()
        if self._stream == torch.cuda.default_stream():
            self._stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        self._pool = torch.cuda.graph_pool_handle()
        self._broken: list[Any] = []

    def warm(self, work: Work) -> None:
        outside = torch.cuda.current_stream()
        self._stream.wait_stream(outside)
        with torch.cuda.stream(self._stream):
            work()
        outside.wait_stream(self._stream)

    def record(self, work: Work) -> Work:
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.stream(self._stream):  # also behind a recording that fails, which leaves its own set
            try:
                self._record(graph, work)
            except RuntimeError:
                self._mend(graph)
                raise
        return graph.replay

    def _mend(self, graph: Any) -> None:
        """Behind a recording that broke off, torch's allocators and generator believe that it goes on: they may ask it
        again, and another one that ends well tells the generator that there is none.

        One that ended well around an error, such as memory that ran out, is only let go of, with its memory.
        """
        pool, self._pool = self._pool, torch.cuda.graph_pool_handle()
        with suppress(RuntimeError):
            graph.pool()  # raises where it did not end
            graph.reset()
            return
        self._broken.append(graph)
        with suppress(RuntimeError):
            torch._C._cuda_endAllocateToPool(torch.cuda.current_device(), pool)
            torch._C._cuda_releasePool(torch.cuda.current_device(), pool)
        with suppress(RuntimeError):
            self._record(torch.cuda.CUDAGraph(), lambda: torch.zeros(1, device="cuda").zero_())

    def _record(self, graph: Any, work: Callable[[], object]) -> None:
        """Calls that would break a recording are errors in this thread alone: another one reads rows ahead."""
        with torch.cuda.graph(graph, pool=self._pool, stream=self._stream, capture_error_mode="thread_local"):
            work()
