"""Moving a bound over many rows: `python benchmarks/clamp.py [--rows 10000000]`.

Each move asks for what the Clamp page shows: exact touched counts, moments before and after, and both histograms. The
baseline, in the same run, scans all values, as numpy does it. What is asked once for each choice of a policy, and kept,
is timed apart. Exits 1 when the slowest of the moves takes 50 ms.
"""

import argparse
import statistics
import sys
import time

import numpy as np

from clipviz.analysis import clamping
from clipviz.analysis.column import TrainingColumn
from clipviz.analysis.tail_value import stretches, tail_values
from clipviz.core.bounds import Bounds
from clipviz.core.recipe import Choice
from clipviz.core.table import Feature, Table
from clipviz.policies.uncertainty import uncertainty

LIMIT = 0.05
MOVES = 200


def table(rows: int) -> Table:
    values = np.random.default_rng(0).standard_t(3, rows)
    places = np.arange(rows)
    return Table(
        features=(Feature("x"),), inputs=values[:, None], target=values, target_name="y", task="regression",
        classes=(), train=places, validation=places[:0], test=places[:0], source_rows=places,
    )  # fmt: skip


def timed(work: object, moves: list[Bounds]) -> list[float]:
    seconds = []
    for bounds in moves:
        begun = time.perf_counter()
        work(bounds)  # type: ignore[operator]
        seconds.append(time.perf_counter() - begun)
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    rows = parser.parse_args().rows
    data = table(rows)
    begun = time.perf_counter()
    column = TrainingColumn(data, "x")
    column.effect(Bounds(-1.0, 1.0))
    ready = time.perf_counter() - begun
    edges = column.central_range((-5.0, 5.0))
    cuts = np.random.default_rng(1).uniform(0.5, 20, (MOVES, 2))
    moves = [Bounds(-float(low), float(high)) for low, high in cuts]

    def fast(bounds: Bounds) -> None:
        column.effect(bounds), column.histogram(edges), column.histogram(edges, bounds)

    def scan(bounds: Bounds) -> None:
        values = data.inputs[:, 0]
        clamping.effect(values, bounds), clamping.histogram(values, edges)
        clamping.histogram(bounds.clamp(values), edges)

    ours, theirs = timed(fast, moves), timed(scan, moves[:3])
    median, bare = statistics.median(ours), statistics.median(theirs)
    print(f"{rows:,} rows, sorted and summed once in {ready:.2f} s")
    print(
        f"a move: {1e3 * median:.3f} ms, slowest of {MOVES} {1e3 * max(ours):.3f} ms; by a scan {1e3 * bare:.0f} ms"
    )
    print(f"ratio {median / bare:.5f}")
    policy = Choice.of("quantile", lower=0.001, upper=0.999)
    cut = column.fit(policy)
    [drawn] = timed(lambda bounds: uncertainty(column.ordered, policy, bounds), [cut])
    [beyond] = timed(lambda bounds: tail_values(stretches(column, bounds), False), [cut])
    print(
        f"once for each choice: intervals of both bounds {1e3 * drawn:.0f} ms, both tails judged {1e3 * beyond:.0f} ms"
    )
    return int(max(ours) > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
