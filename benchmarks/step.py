"""How much of the time of a bare training loop does a fully instrumented step take?

    python benchmarks/step.py [--steps 1000] [--repetitions 15] [--limit 0.65] [--gradient global_norm]

MLP 13-64-64-1, batch 64, one CPU thread, 400 rows of noise. Bare: `zero_grad, backward, clip_grad_norm_,
Adam.step` as anybody would write it, without any telemetry. Instrumented: clipviz' own step with loss,
gradient norm before and after the clip, the norm of every layer, every threshold, every saturated share, kept
in the ring buffer and flushed to a sink five times a second. Both take their batches by the same
index_select. The two alternate, and the ratio is that of their medians. First with learned tanh thresholds
(the bare twin holds the same clip, written by hand), then with plain ReLU layers. Exits 1 when the first
ratio is beyond the limit.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from clipviz.core.recipe import Choice, Data, Recipe
from clipviz.core.run import Request, Stream
from clipviz.core.table import Feature, Table
from clipviz.training.assembly import assemble
from clipviz.training.report import Report

ROWS, COLUMNS, BATCH = 400, 13, 64


class HandTanh(nn.Module):
    """theta * tanh(x / theta), theta behind softplus: the learned clip as a user would write it."""

    def __init__(self) -> None:
        super().__init__()
        self.raw = nn.Parameter(torch.tensor(1.0))

    def forward(self, values: Tensor) -> Tensor:
        theta = functional.softplus(self.raw)
        return theta * torch.tanh(values / theta)


class Silent:
    """A sink that reads every block and keeps nothing."""

    def begin(self, steps: int, device: str, series: dict[Stream, Sequence[str]]) -> None: ...

    def telemetry(self, stream: Stream, steps: np.ndarray, values: np.ndarray) -> None: ...

    def event(self, step: int, kind: str, text: str) -> None: ...

    def request(self) -> Request:
        return "run"


def bare(inputs: Tensor, goal: Tensor, batches: list[Tensor], learned: bool) -> Callable[[int], None]:
    torch.manual_seed(0)
    clips = [HandTanh(), HandTanh()] if learned else [nn.Identity(), nn.Identity()]
    network = nn.Sequential(
        nn.Linear(COLUMNS, 64), nn.ReLU(), clips[0], nn.Linear(64, 64), nn.ReLU(), clips[1], nn.Linear(64, 1)
    )
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    criterion = nn.MSELoss()

    def run(steps: int) -> None:
        for places in islice(cycle(batches), steps):
            optimiser.zero_grad()
            loss = criterion(network(inputs.index_select(0, places)), goal.index_select(0, places))
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()

    return run


def instrumented(table: Table, batches: list[Tensor], learned: bool, gradient: str) -> Callable[[int], None]:
    recipe = Recipe(
        data=Data(dataset="0" * 16, target="target"),
        gradient=Choice.of(gradient),
        activation=Choice.of("learned_tanh" if learned else "none"),
    )
    assembly = assemble(recipe, table, "cpu")
    report = Report(assembly.step.series, Silent(), "cpu")
    report.start(1, checkpoint_seconds=1e9, flush_seconds=0.2)

    def run(steps: int) -> None:
        for places in islice(cycle(batches), steps):
            assembly.step(assembly.train, places)
            report.write(assembly.step.row)
            if report.is_time:
                report.flush()

    return run


def noise() -> Table:
    generator = np.random.default_rng(0)
    inputs, target = generator.normal(size=(ROWS + 40, COLUMNS)), generator.normal(size=ROWS + 40)
    places = np.arange(ROWS + 40)
    features = tuple(Feature(f"column {place}") for place in range(COLUMNS))
    parts = places[:ROWS], places[ROWS : ROWS + 20], places[ROWS + 20 :]
    return Table(features, inputs, target, "target", "regression", (), *parts, places)


def compare(learned: bool, gradient: str, steps: int, repetitions: int) -> float:
    table = noise()
    order = torch.from_numpy(np.random.default_rng(1).permutation(ROWS))
    batches = list(order[: ROWS // BATCH * BATCH].split(BATCH))
    inputs = torch.from_numpy(table.inputs[table.train]).float()
    goal = torch.from_numpy(table.target[table.train]).float().unsqueeze(1)
    loops = [bare(inputs, goal, batches, learned), instrumented(table, batches, learned, gradient)]
    times: list[list[float]] = [[], []]
    for loop in loops:
        loop(200)
    for _ in range(repetitions):
        for loop, seen in zip(loops, times, strict=True):
            start = time.perf_counter()
            loop(steps)
            seen.append((time.perf_counter() - start) / steps * 1e6)
    plain, full = (statistics.median(seen) for seen in times)
    name = "learned tanh clip" if learned else "plain ReLU"
    print(f"{name:18} bare {plain:7.1f} µs   instrumented {full:7.1f} µs   ratio {full / plain:.3f}")
    return full / plain


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--steps", type=int, default=1000, help="steps of one repetition")
    parser.add_argument("--repetitions", type=int, default=15, help="repetitions of each loop, alternating")
    parser.add_argument("--limit", type=float, default=0.65, help="largest ratio that passes")
    parser.add_argument("--gradient", default="global_norm", help="gradient clip of the instrumented step")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    ratio = compare(True, chosen.gradient, chosen.steps, chosen.repetitions)
    compare(False, chosen.gradient, chosen.steps, chosen.repetitions)
    sys.exit(ratio > chosen.limit)


if __name__ == "__main__":
    main()
