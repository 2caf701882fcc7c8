"""Training on rows that do not fit, against rows that do.

    python benchmarks/stream.py [--rows 2000000] [--device cuda]

Both train the same network on the same batches, in turn, one CPU thread each; the streamed one reads ahead from a file.
Warm: the system still holds the file's pages. Cold: it is told to drop them before each repetition, so that every row
comes from the disk once. Exits 1 when streaming has less than 0.9 of the resident throughput, or weights differ.
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from _works import on, settle

from clipviz.core.recipe import Choice, Data, Recipe
from clipviz.core.table import Feature, Table
from clipviz.training.assembly import Assembly, assemble
from clipviz.training.device import one_stream
from clipviz.training.graph import WARM, moving
from clipviz.training.progress import Progress
from clipviz.training.stream import Streamed
from clipviz.training.telemetry import Ring

LIMIT = 0.9
PAGEOUT = 21  # MADV_PAGEOUT, which the module mmap does not name


def table(rows: int, columns: int) -> Table:
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(rows, columns))
    places = generator.permutation(rows)
    most = int(0.9 * rows)
    return Table(
        features=tuple(Feature(f"x{place}") for place in range(columns)), inputs=inputs, target=inputs.sum(axis=1),
        target_name="y", task="regression", classes=(), train=np.sort(places[:most]),
        validation=places[most:-1000], test=places[-1000:], source_rows=np.arange(rows),
    )  # fmt: skip


def dropped(assembly: Assembly) -> None:
    """Lets the system forget the pages of a streamed file."""
    if isinstance(assembly.train, Streamed):
        os.sync()
        assembly.train._inputs._mmap.madvise(PAGEOUT)  # type: ignore[attr-defined]


class Timed:
    """A run without its evaluations. It keeps its rows as any does, and forgets them when the ring is full."""

    def __init__(self, assembly: Assembly, recipe: Recipe, device: str) -> None:
        self.progress, self._device = Progress(assembly, recipe, device), device
        self._ring = Ring(len(assembly.step.series), 2048, device)
        self._move = moving(assembly.step, self._ring, "auto", print)

    def seconds(self, steps: int) -> float:
        begun = time.perf_counter()
        for _ in range(steps):
            self.progress.advance(self._move)
            if self._ring.full:
                self._ring.flush(lambda steps, values: None)
        settle(self._device)
        return time.perf_counter() - begun


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--columns", type=int, default=32)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    given = parser.parse_args()
    torch.set_num_threads(1)
    print(on(given.device))
    recipe = Recipe(data=Data(dataset="0" * 16, target="y"), gradient=Choice.of("global_norm"))
    recipe = recipe.replace("training.batch_size", given.batch)
    data = table(given.rows, given.columns)
    size = 4 * given.rows * given.columns / 1e6
    worst = np.inf
    with TemporaryDirectory() as folder, one_stream(given.device):
        for name in ("warm", "cold"):
            made = [assemble(recipe, data, given.device, Path(folder), most) for most in (None, 0)]
            assert [isinstance(each.train, Streamed) for each in made] == [False, True], "too little memory"
            runs = [Timed(each, recipe, given.device) for each in made]
            steps = min(2000, runs[0].progress.total // 3)
            for run in runs:
                run.seconds(2 * WARM)
            seconds: list[list[float]] = [[], []]
            for _ in range(given.repetitions):
                if name == "cold":
                    dropped(made[1])
                for found, run in zip(seconds, runs, strict=True):
                    found.append(run.seconds(steps))
            resident, streamed = (steps * given.batch / statistics.median(found) for found in seconds)
            same = torch.equal(made[0].flat.weights, made[1].flat.weights)
            worst = min(worst, streamed / resident if same else 0.0)
            print(
                f"{name}: {size:.0f} MB of rows, batch {given.batch}: resident {resident:,.0f} rows/s, "
                f"streamed {streamed:,.0f} rows/s, ratio {streamed / resident:.2f}, "
                f"weights {'equal to the bit' if same else 'DIFFER'}"
            )
    return int(worst < LIMIT)


if __name__ == "__main__":
    sys.exit(main())
