"""How often does a sweep of arms that are all alike claim a difference?

    python benchmarks/alike.py [--sweeps 200] [--seeds 10] [--limit 0.05]

Each sweep is a real one, three arms over so many seeds on a small table: queued, trained by the engine as one program,
read back from the store and judged as every page does it. Half of the tables are noise from end to end, in the others
the target follows from the inputs.

- other seeds: three names of one policy, a gradient clip that fires at most steps, of which each arm has seeds that no
  other has. So every run differs in its first weights and in its batches, and any difference of the arms is luck; the
  verdict is told that the k-th seeds of the arms are one and the same. Policies that act but "cannot help" would not
  do: on noise, whatever makes a network learn less makes it better.
- same seeds: no clip beside two that never fire, by the front door. What is right here is not a claim that happens to
  be avoided but "identical", every time.

Baseline: the same comparisons at the same level without Holm's correction. Prints shares with Wilson's interval; exits
1 where more sweeps of other seeds claim a difference than the level allows beyond luck (the interval's lower end is
above the limit), or any sweep of the same seeds is not called identical.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np

import clipviz.store
from clipviz.analysis.verdict import gather
from clipviz.analysis.verdict.judged import judged
from clipviz.analysis.verdict.proportion import wilson
from clipviz.analysis.verdict.verdict import Verdict
from clipviz.core.recipe import Choice, Data, Recipe
from clipviz.core.regime import Training
from clipviz.core.run import Run, State
from clipviz.core.settings import Settings
from clipviz.core.sweep import Design, Sweep, Variant, Vary
from clipviz.datasets.ingest import ingest
from clipviz.runs.check import complete
from clipviz.runs.sweeps import submit
from clipviz.runs.sweeps.foreground import train_here
from clipviz.runs.sweeps.plan import cells
from clipviz.store import Store

ARMS = ("one", "two", "three")
TABLES = 20
ROWS, COLUMNS = 240, 4
LEVEL = 0.05
CLAIMS = ("better", "worse")


def tables(store: Store, settings: Settings, folder: Path, noise: bool) -> list[str]:
    """The ids of small tables with a column y, which is noise or follows from the others."""
    found = []
    for number in range(TABLES):
        generator = np.random.default_rng([number, noise])
        inputs = generator.standard_t(3, size=(ROWS, COLUMNS))
        luck = generator.standard_t(3, size=ROWS)
        target = luck if noise else inputs[:, 0] + np.tanh(inputs[:, 1]) + 0.5 * luck
        path = folder / f"{'noise' if noise else 'planted'} {number}.csv"
        names = ",".join([f"x{column}" for column in range(COLUMNS)] + ["y"])
        np.savetxt(path, np.column_stack([inputs, target]), "%.6f", ",", header=names, comments="")
        found.append(store.datasets.add(ingest(path, path.name, settings, who="benchmark")).id)
    return found


def recipe_on(dataset: str, gradient: Choice) -> Recipe:
    return complete(
        Recipe(
            data=Data(dataset=dataset, target="y"),
            model=Choice.of("mlp", widths=(16,)),
            activation=Choice(id="none"),
            gradient=gradient,
            training=Training(epochs=12, batch_size=32),
            device="cpu",
        )
    )


def of_other_seeds(store: Store, settings: Settings, dataset: str, seeds: range) -> Verdict:
    recipe = recipe_on(dataset, Choice.of("global_norm", max_norm=0.3))
    variants = [Variant(name=arm, recipe=recipe, reference="" if arm == ARMS[0] else ARMS[0]) for arm in ARMS]
    each = len(seeds) // len(ARMS)
    own = [
        cell for cell in cells(variants, seeds, 1) if cell.arm == ARMS[seeds.index(cell.recipe.seed) // each]
    ]
    design = Design(recipe=recipe, seeds=tuple(seeds))
    sweep = store.sweeps.add(design, variants, own, "other seeds", "benchmark")
    runs = trained(store, settings, sweep)
    told = [run.model_copy(update={"seed": (run.seed or 0) % each}) for run in runs]
    return judge(store, settings, sweep, told)


def of_same_seeds(store: Store, settings: Settings, dataset: str, seeds: range) -> Verdict:
    recipe = recipe_on(dataset, Choice(id="none"))
    never = ({"id": "global_norm", "max_norm": 1e6}, {"id": "value", "max_value": 1e6})
    own = tuple(seeds[: len(seeds) // len(ARMS)])
    design = Design(recipe=recipe, vary=(Vary(path="gradient", values=never),), seeds=own)
    sweep = submit.start(store, settings, design, "same seeds", "benchmark", awake=False)
    return judge(store, settings, sweep, trained(store, settings, sweep))


def trained(store: Store, settings: Settings, sweep: Sweep) -> list[Run]:
    standing = train_here(store, settings, sweep, "benchmark")
    assert standing.states == {State.FINISHED: standing.runs}, standing.states
    return store.sweeps.runs(sweep.id)


def judge(store: Store, settings: Settings, sweep: Sweep, runs: list[Run]) -> Verdict:
    groups = gather.of_sweep(sweep, runs)
    return judged(settings, store, sweep, groups, gather.metrics(groups)[0])


def verdicts(
    store: Store, settings: Settings, datasets: list[str], sweeps: int, seeds: int, same: bool
) -> Iterator[Verdict]:
    make = of_same_seeds if same else of_other_seeds
    starts = count(0, seeds * len(ARMS))
    for number, start in zip(range(sweeps), starts, strict=False):
        dataset = datasets[number % len(datasets)]
        yield make(store, settings, dataset, range(start, start + seeds * len(ARMS)))


def share(name: str, hits: list[bool]) -> float:
    found = wilson(sum(hits), len(hits))
    print(
        f"{name:60} {found.count:4} of {found.total}   {found.count / max(1, found.total):6.1%}   "
        f"({found.low:.1%} to {found.high:.1%})",
        flush=True,
    )
    return found.low


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sweeps", type=int, default=200, help="of other seeds; a tenth as many of the same")
    parser.add_argument("--seeds", type=int, default=10, help="seeds of every arm")
    parser.add_argument("--limit", type=float, default=LEVEL, help="largest share that passes")
    chosen = parser.parse_args()
    claimed: list[bool] = []
    loose: list[bool] = []
    same: list[bool] = []
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home", device="cpu", slots=1)
        with clipviz.store.open(settings.store_url) as store:
            for noise in (True, False):
                datasets = tables(store, settings, Path(folder), noise)
                given = store, settings, datasets
                own = list(verdicts(*given, chosen.sweeps // 2, chosen.seeds, same=False))
                hits = [any(each.relation in CLAIMS for each in found.comparisons) for found in own]
                raw = [any((each.p or 1.0) <= LEVEL for each in found.comparisons) for found in own]
                share(f"other seeds, {'noise' if noise else 'planted target'}", hits)
                claimed += hits
                loose += raw
                alike = verdicts(*given, max(1, chosen.sweeps // 20), chosen.seeds, same=True)
                same += [all(each.relation == "identical" for each in found.comparisons) for found in alike]
    low = share("other seeds, all: claim a difference", claimed)
    share("the same without Holm's correction (baseline)", loose)
    share("same seeds: called identical", same)
    runs = (len(claimed) + len(same)) * len(ARMS) * chosen.seeds
    print(f"{runs:,} runs in {time.perf_counter() - start:.0f} s")
    sys.exit(low > chosen.limit or not all(same))


if __name__ == "__main__":
    main()
