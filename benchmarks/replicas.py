"""How many bare training loops is one program of many replicas worth?

    python benchmarks/replicas.py [--replicas 64] [--most 32] [--seconds 3] [--repetitions 7] [--limit 7]
    python benchmarks/replicas.py --device cuda: 256 replicas in one program, limit 100

Replicas of an MLP 13-64-64-1 with learned tanh thresholds, batch 64, one CPU thread, 400 rows of noise, each with a
seed of its own. Bare: `zero_grad, backward, clip_grad_norm_, Adam.step` as anybody would write it, one network after
another, without any telemetry: the throughput of K of them is that of one. Replicas: clipviz' own programs as a sweep
trains them, with everything that a run says: loss, norms before and after the clip, the norm of every layer, every
threshold and saturated share at every step, evaluations on training and validation rows, flushed to one sink a run.
The two alternate, and the ratio is that of their medians. Then the same with plain ReLU layers. Then a sweep over
gradient clips of four kinds, eight replicas each: one program against one for each kind. Exits 1 when the first ratio
is below the limit.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from _works import Work, on, settle, works
from step import Silent, bare

from clipviz.core.recipe import Choice
from clipviz.core.regime import Stopping, Training
from clipviz.training.assembly import assemble
from clipviz.training.device import one_stream
from clipviz.training.replicas.many import MOST, MOST_CUDA, programs_of
from clipviz.training.replicas.program import Program
from clipviz.training.rows import Rows

KINDS = ("none", "global_norm", "value", "agc")


def made(
    work: Work, replicas: int, most: int, home: Path, device: str, kinds: Sequence[str] = ()
) -> list[Program]:
    changes = {"training": Training(epochs=1_000_000), "stopping": Stopping(patience=0)}
    recipes = [work.recipe.model_copy(update={**changes, "seed": seed}) for seed in range(replicas)]
    if kinds:
        clips = [Choice(id=kinds[seed % len(kinds)]) for seed in range(replicas)]
        recipes = [
            each.model_copy(update={"gradient": clip}) for each, clip in zip(recipes, clips, strict=True)
        ]
    sinks = [Silent() for _ in recipes]
    folders = [home / str(seed) for seed in range(replicas)]
    return programs_of(recipes, work.table, sinks, folders, home, most, device)


def steps_of(programs: list[Program]) -> int:
    return sum(program.step * len(program.members) for program in programs)


def compare(
    work: Work, replicas: int, most: int, seconds: float, repetitions: int, home: Path, device: str
) -> float:
    rows = assemble(work.recipe, work.table, device, most=1 << 40).train
    assert isinstance(rows, Rows)
    order = torch.from_numpy(np.random.default_rng(1).permutation(len(rows)))
    size = work.recipe.training.batch_size
    loop = bare(work, rows, list(order[: len(rows) // size * size].to(device).split(size)))
    programs = made(work, replicas, most, home, device)
    plain: list[float] = []
    many: list[float] = []
    loop(200)
    for program in programs:
        program.stint()
    for _ in range(repetitions):
        start = time.perf_counter()
        loop(1000)
        settle(device)
        plain.append((time.perf_counter() - start) / 1000 * 1e6)
        start, before = time.perf_counter(), steps_of(programs)
        while time.perf_counter() - start < seconds:
            for program in programs:
                program.stint()
        settle(device)
        many.append((time.perf_counter() - start) / (steps_of(programs) - before) * 1e6)
    one, other = statistics.median(plain), statistics.median(many)
    print(
        f"{work.name:18} bare {one:7.1f} µs a step   {replicas} replicas {other:6.1f} µs a step of one   "
        f"{one / other:.2f} times"
    )
    return one / other


def compare_kinds(work: Work, seconds: float, repetitions: int, home: Path, device: str) -> float:
    """Time of a step in one program of four kinds of gradient clip, as a share of that in a program for each."""
    count = 8
    mixed = made(work, count * len(KINDS), MOST, home / "mixed", device, KINDS)
    apart = [program for kind in KINDS for program in made(work, count, MOST, home / kind, device, (kind,))]
    assert len(mixed) == 1 and len(apart) == len(KINDS)
    times: list[list[float]] = [[], []]
    for _ in range(repetitions):
        for programs, seen in zip((mixed, apart), times, strict=True):
            start, before = time.perf_counter(), steps_of(programs)
            while time.perf_counter() - start < seconds:
                for program in programs:
                    program.stint()
            seen.append((time.perf_counter() - start) / (steps_of(programs) - before) * 1e6)
    one, several = (statistics.median(seen) for seen in times)
    print(
        f"{work.name:18} four kinds of gradient clip: one program {one:.1f} µs a step of one, "
        f"a program each {several:.1f} µs   ratio {one / several:.2f}"
    )
    return one / several


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--replicas", type=int, help="how many networks; 64, on CUDA 256")
    parser.add_argument("--most", type=int, help="most replicas of one program")
    parser.add_argument("--seconds", type=float, default=3.0, help="time of one repetition")
    parser.add_argument("--repetitions", type=int, default=7, help="repetitions of each, alternating")
    parser.add_argument("--limit", type=float, help="smallest ratio that passes; 7, on CUDA 100")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    chosen = parser.parse_args()
    cuda = chosen.device == "cuda"
    count, most = chosen.replicas or (256 if cuda else 64), chosen.most or (MOST_CUDA if cuda else MOST)
    torch.set_num_threads(1)
    print(on(chosen.device))
    with tempfile.TemporaryDirectory() as home, one_stream(chosen.device):
        given = chosen.seconds, chosen.repetitions, Path(home), chosen.device
        tanh, plain = works("global_norm")[:2]
        ratio = compare(tanh, count, most, *given)
        compare(plain, count, most, *given)
        compare_kinds(tanh, *given)
    sys.exit(ratio < (chosen.limit or (100.0 if cuda else 7.0)))


if __name__ == "__main__":
    main()
