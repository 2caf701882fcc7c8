"""How much faster is a screen of policies than the same runs one after another?

    python benchmarks/sweep.py --file boston_housing.csv --target medv [--seeds 10] [--epochs 200] [--sample 12]
                               [--times 8] [--seconds 30]

Twelve policies of all three families, each by itself, beside an arm without any clip, over ten seeds: 130 runs of an
MLP 13-64-64-1, batch 64, 200 epochs each without early stopping. The screen is what `submit.start` does for the Train
page and what people then wait for: planning, workers of the runner, programs of many replicas with their whole
telemetry, results and health in the store, and the verdict. Baseline: the engine's own single runs, one after
another, by the same way: each is submitted as the Train page does it once the one before has ended, to the same runner,
with the same store and the same telemetry. A random sample of them, at most one an arm, half before and half after
the screen; their mean stands for all. Told beside it: the same runs in this warm process without any queue, which is
what a notebook waits for; there two cores of programs stand against one core that starts and waits for nothing. The
runner is awake for both ratios; what it takes to wake counts to the whole. Exits 1 when the screen is not so many times
faster than the baseline, or the whole takes longer.
"""

import argparse
import os
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import clipviz.store
from clipviz.analysis.verdict import gather
from clipviz.analysis.verdict.judged import judged
from clipviz.core.recipe import Choice, Data, Recipe
from clipviz.core.regime import Stopping, Training
from clipviz.core.run import State
from clipviz.core.settings import Settings
from clipviz.core.sweep import Design, Standing, Vary
from clipviz.datasets.ingest import ingest
from clipviz.runs.reporter import whoami
from clipviz.runs.submit import submit as submit_run
from clipviz.runs.sweeps import submit
from clipviz.runs.worker import work
from clipviz.store import Store

NONE = Choice(id="none")
POLICIES = {
    "inputs.default": ("sigma", "tukey", "winsorise", "mad"),
    "activation": ("relu6", "learned_tanh", "learned_hard", "soft_clip"),
    "gradient": ("global_norm", "value", "agc", "autoclip"),
}


def designed(dataset: str, target: str, seeds: int, epochs: int) -> Design:
    recipe = Recipe(
        data=Data(dataset=dataset, target=target),
        activation=NONE,
        gradient=NONE,
        training=Training(epochs=epochs),
        stopping=Stopping(patience=0),
        device="cpu",
    )
    vary = tuple(Vary(path=path, values=tuple({"id": id} for id in ids)) for path, ids in POLICIES.items())
    return Design(recipe=recipe, vary=vary, seeds=tuple(range(seeds)), apart=True)


def alone(store: Store, settings: Settings, recipes: list[Recipe]) -> list[float]:
    """Seconds that each takes by itself, from the queue to its end in the store."""
    took = []
    for place, recipe in enumerate(recipes):
        saved = store.recipes.add(recipe, f"alone {place}", "benchmark")
        start = time.perf_counter()
        run = store.runs.submit(saved.id, "alone", "benchmark", owner=whoami(), lease_seconds=60)
        work(run, settings, store, threading.Event())
        took.append(time.perf_counter() - start)
        ended = store.runs.get(run.id)
        assert ended.state is State.FINISHED, ended.reason
    return took


def queued(store: Store, settings: Settings, recipes: list[Recipe]) -> list[float]:
    """Seconds that each takes by itself, from the order to its end, trained by the runner."""
    took = []
    for recipe in recipes:
        start = time.perf_counter()
        run = submit_run(store, settings, recipe, "queued", "benchmark")
        while not store.runs.get(run.id).state.final:
            time.sleep(0.02)
        took.append(time.perf_counter() - start)
        assert store.runs.get(run.id).state is State.FINISHED
    return took


def screen(store: Store, settings: Settings, design: Design) -> dict[str, float]:
    """The seconds from the order to the plan, the first run taken, the last end, the verdict."""
    start, passed = time.perf_counter(), {}
    sweep = submit.start(store, settings, design, "screen", "benchmark")
    passed["planned"] = time.perf_counter() - start
    while not (standing := Standing.of(runs := store.sweeps.runs(sweep.id))).over:
        if "begun" not in passed and any(run.step for run in runs):
            passed["begun"] = time.perf_counter() - start
        time.sleep(0.1)
    passed["trained"] = time.perf_counter() - start
    assert standing.states == {State.FINISHED: standing.runs}, standing.states
    groups = gather.of_sweep(sweep, store.sweeps.runs(sweep.id))
    verdict = judged(settings, store, sweep, groups, gather.metrics(groups)[0])
    passed["judged"] = time.perf_counter() - start
    print(verdict.sentence)
    return passed


def end_runner(settings: Settings) -> None:
    os.kill(int((settings.home / "runner.pid").read_text()), signal.SIGTERM)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--file", type=Path, required=True, help="boston_housing.csv, or a table like it")
    parser.add_argument("--target", default="medv", help="the column to predict")
    parser.add_argument("--seeds", type=int, default=10, help="seeds of every arm")
    parser.add_argument("--epochs", type=int, default=200, help="of every run")
    parser.add_argument("--sample", type=int, default=12, help="arms whose single run is timed")
    parser.add_argument("--times", type=float, default=8.0, help="smallest ratio that passes")
    parser.add_argument("--seconds", type=float, default=30.0, help="longest screen that passes")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), device="cpu")
        with clipviz.store.open(settings.store_url) as store:
            dataset = store.datasets.add(ingest(chosen.file, chosen.file.name, settings, who="benchmark"))
            design = designed(dataset.id, chosen.target, chosen.seeds, chosen.epochs)
            planned = submit.preview(store, settings, design)
            arms = random.Random(0).sample(planned.variants, min(chosen.sample, len(planned.variants)))
            recipes = [arm.at(random.Random(place).randrange(chosen.seeds)) for place, arm in enumerate(arms)]
            recipes = [
                each.model_copy(update={"device": "auto"}) for each in recipes
            ]  # not those of the sweep
            short = recipes[0].model_copy(update={"training": Training(epochs=2), "seed": 99})
            alone(store, settings, [short])
            half = len(recipes) // 2
            warm = alone(store, settings, recipes[:half])
            try:
                (cold,) = queued(store, settings, [short.model_copy(update={"seed": 100})])
                took = queued(store, settings, recipes[:half])
                passed = screen(store, settings, design)
                took += queued(store, settings, recipes[half:])
            finally:
                end_runner(settings)
            warm += alone(store, settings, recipes[half:])
    runs, single, bare = len(planned.cells), statistics.mean(took), statistics.mean(warm)
    times, whole = runs * single / passed["trained"], cold + passed["judged"]
    print(
        f"{runs} runs ({len(planned.variants)} arms x {chosen.seeds} seeds, {chosen.epochs} epochs) in "
        f"{planned.programs} programs\n"
        f"one after another: {single:.2f} s a run (mean of {len(took)}; {min(took):.2f} to {max(took):.2f}), "
        f"{runs * single:.0f} s in all; in one warm process {bare:.2f} s a run, {runs * bare:.0f} s in all\n"
        f"as a sweep: runner awake, a first short run ended {cold:.2f} s; "
        f"planned {passed['planned']:.2f} s, first step seen {passed.get('begun', 0):.2f} s, trained "
        f"{passed['trained']:.2f} s, judged {passed['judged']:.2f} s\n"
        f"{times:.1f} times faster (limit {chosen.times:g}), {runs * bare / passed['trained']:.1f} times one warm "
        f"process; the whole {whole:.1f} s (limit {chosen.seconds:g})"
    )
    sys.exit(times < chosen.times or whole > chosen.seconds)


if __name__ == "__main__":
    main()
