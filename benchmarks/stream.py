"""Training on rows that do not fit, against rows that do: `python benchmarks/stream.py [--rows 2000000]`.

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

from clipviz.core.recipe import Choice, Data, Recipe
from clipviz.core.table import Feature, Table
from clipviz.training.assembly import Assembly, assemble
from clipviz.training.progress import Progress
from clipviz.training.stream import Streamed

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


def timed(run: Progress, steps: int) -> float:
    begun = time.perf_counter()
    for _ in range(steps):
        run.advance()
    return time.perf_counter() - begun


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--columns", type=int, default=32)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--repetitions", type=int, default=9)
    given = parser.parse_args()
    torch.set_num_threads(1)
    recipe = Recipe(data=Data(dataset="0" * 16, target="y"), gradient=Choice.of("global_norm"))
    recipe = recipe.replace("training.batch_size", given.batch)
    data = table(given.rows, given.columns)
    size = 4 * given.rows * given.columns / 1e6
    worst = np.inf
    with TemporaryDirectory() as folder:
        for name in ("warm", "cold"):
            made = [assemble(recipe, data, "cpu", Path(folder), most) for most in (None, 0)]
            assert [isinstance(each.train, Streamed) for each in made] == [False, True], "too little memory"
            runs = [Progress(each, recipe, "cpu") for each in made]
            steps = min(2000, runs[0].total // 3)
            seconds: list[list[float]] = [[], []]
            for _ in range(given.repetitions):
                if name == "cold":
                    dropped(made[1])
                for found, run in zip(seconds, runs, strict=True):
                    found.append(timed(run, steps))
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
