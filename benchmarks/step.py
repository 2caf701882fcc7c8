"""How much of the time of a bare training loop does a fully instrumented step take?

    python benchmarks/step.py [--repetitions 75] [--only MLP] [--gradient global_norm] [--device cuda]

An MLP 13-64-64-1 (batch 64), the 3-layer CNN on 28 x 28 (batch 128), an LSTM on 50 words (batch 64); one CPU thread,
noise to learn from. Bare: `zero_grad, backward, clip_grad_norm_, Adam.step` as anybody would write it, without any
telemetry, on the same network with the same learned clip written by hand. Instrumented: clipviz' own step with loss,
gradient norm before and after the clip, the norm of every layer, every threshold, every saturated share, kept
in the ring buffer and flushed to a sink five times a second. Both start from the same rows behind the front and take
their batches by the same index_select. The two alternate in short stretches, and the ratio is that of their medians.
Exits 1 when a ratio is beyond its limit.

On CUDA the bare loop is the same, operation by operation, and the instrumented one is what a run does there: one graph
a step. Each stretch ends when the device has.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice

import numpy as np
import torch
from _works import Work, on, settle, works
from torch import Tensor, nn

from clipviz.core.run import Request, Stream
from clipviz.training.assembly import Assembly, assemble
from clipviz.training.device import one_stream
from clipviz.training.graph import moving
from clipviz.training.report import Report
from clipviz.training.rows import Rows

Loop = Callable[[int], None]


class Silent:
    """A sink that reads every block and keeps nothing."""

    def begin(self, steps: int, device: str, series: dict[Stream, Sequence[str]]) -> None: ...

    def telemetry(self, stream: Stream, steps: np.ndarray, values: np.ndarray) -> None: ...

    def event(self, step: int, kind: str, text: str) -> None: ...

    def request(self) -> Request:
        return "run"


def bare(work: Work, rows: Rows, batches: list[Tensor]) -> Loop:
    network = work.bare.to(rows.inputs.device)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    criterion = nn.MSELoss() if rows.goal.is_floating_point() else nn.CrossEntropyLoss()
    inputs, goal = rows.inputs, rows.goal

    def run(steps: int) -> None:
        for places in islice(cycle(batches), steps):
            optimiser.zero_grad()
            loss = criterion(network(inputs.index_select(0, places)), goal.index_select(0, places))
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()

    return run


def instrumented(assembly: Assembly, batches: list[Tensor]) -> Loop:
    report = Report(assembly.step.series, Silent(), str(assembly.flat.weights.device))
    report.start(1, checkpoint_seconds=1e9, flush_seconds=0.2)
    move = moving(assembly.step, report.ring, "auto", print)

    def run(steps: int) -> None:
        for places in islice(cycle(batches), steps):
            move(assembly.train, places)
            if report.is_time:
                report.flush()

    return run


def compare(work: Work, repetitions: int, device: str) -> float:
    assembly = assemble(work.recipe, work.table, device, most=1 << 40)
    rows, size = assembly.train, work.recipe.training.batch_size
    assert isinstance(rows, Rows)
    order = torch.from_numpy(np.random.default_rng(1).permutation(len(rows)))
    batches = list(order[: len(rows) // size * size].to(device).split(size))
    loops = [bare(work, rows, batches), instrumented(assembly, batches)]
    times: list[list[float]] = [[], []]
    for loop in loops:
        loop(work.steps)
        settle(device)
    for _ in range(repetitions):
        for loop, seen in zip(loops, times, strict=True):
            start = time.perf_counter()
            loop(work.steps)
            settle(device)
            seen.append((time.perf_counter() - start) / work.steps * 1e6)
    plain, full = (statistics.median(seen) for seen in times)
    limit = "" if work.limit is None else f"   limit {work.limit:.2f}"
    print(
        f"{work.name:18} bare {plain:8.0f} µs   instrumented {full:8.0f} µs   ratio {full / plain:.3f}{limit}"
    )
    return full / plain


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--repetitions", type=int, default=75, help="short stretches of each loop, alternating"
    )
    parser.add_argument("--only", default="", help="works whose name begins with this")
    parser.add_argument("--gradient", default="global_norm", help="gradient clip of the instrumented step")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    print(on(chosen.device))
    missed = False
    for work in works(chosen.gradient, chosen.device):
        if work.name.startswith(chosen.only):
            with one_stream(chosen.device):
                ratio = compare(work, chosen.repetitions, chosen.device)
            missed |= work.limit is not None and ratio > work.limit
    sys.exit(missed)


if __name__ == "__main__":
    main()
