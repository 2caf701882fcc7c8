import threading
from datetime import UTC, datetime, timedelta

import pytest

import clipviz.store
from clipviz.core.errors import Conflict, InvalidRecipe
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.run import State
from clipviz.core.settings import Settings
from clipviz.core.sweep import Design, Vary
from clipviz.runs.sweeps import estimate, submit
from clipviz.store import Store
from tests.runs.conftest import RESULT


@pytest.fixture(autouse=True)
def asleep(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    calls: list[Settings] = []
    monkeypatch.setattr("clipviz.runs.sweeps.submit.ensure_runner", calls.append)
    return calls


@pytest.fixture
def design(recipe: Recipe) -> Design:
    plain = recipe.model_copy(update={"activation": Choice(id="none")})
    return Design(recipe=plain, vary=(Vary(path="gradient.max_norm", values=(0.1, 1.0)),), seeds=(0, 1))


def test_a_sweep_starts_and_wakes_a_runner(store: Store, settings: Settings, design: Design, asleep) -> None:
    sweep = submit.start(store, settings, design, "norms", "Ada")
    assert len(store.sweeps.runs(sweep.id)) == 6 and asleep == [settings]
    assert submit.ask(store, settings, sweep.id, "pause", "Ada") == 6 and len(asleep) == 2


def test_it_is_extended_by_seeds_and_values(store: Store, settings: Settings, design: Design) -> None:
    sweep = submit.start(store, settings, design, "norms", "Ada")
    sweep = submit.extend(store, settings, sweep, "Ada", seeds=(1, 2))
    assert sweep.design.seeds == (0, 1, 2) and len(store.sweeps.runs(sweep.id)) == 9
    more = Vary(path="gradient.max_norm", values=(1.0, 5.0))
    sweep = submit.extend(store, settings, sweep, "Ada", vary=(more,))
    assert sweep.design.vary[0].values == (0.1, 1.0, 5.0)
    assert len(store.sweeps.runs(sweep.id)) == 12
    with pytest.raises(InvalidRecipe, match=r"fields that vary already; received 'split\.seed'"):
        submit.extend(store, settings, sweep, "Ada", vary=(Vary(path="split.seed", values=(1,)),))
    drawn = submit.start(store, settings, design.model_copy(update={"samples": 1}), "drawn", "Ada")
    with pytest.raises(InvalidRecipe, match="random draw cannot be extended"):
        submit.extend(store, settings, drawn, "Ada", vary=(more,))


def test_people_of_several_servers_steer_one_sweep_and_nothing_is_lost_or_double(
    store: Store, settings: Settings, design: Design
) -> None:
    sweep = submit.start(store, settings, design, "norms", "Ada")
    refused: list[str] = []

    def steer(own: int) -> None:
        with clipviz.store.open(settings.store_url) as mine:
            for turn in range(4):
                submit.ask(mine, settings, sweep.id, "pause" if turn % 2 else "run", f"host {own}")
                try:
                    submit.extend(mine, settings, mine.sweeps.get(sweep.id), "Ada", seeds=(own * 10 + turn,))
                except Conflict as conflict:
                    refused.append(str(conflict))

    threads = [threading.Thread(target=steer, args=(own,)) for own in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    submit.ask(store, settings, sweep.id, "run", "Ada")
    seeds = store.sweeps.get(sweep.id).seeds
    runs = store.sweeps.runs(sweep.id)
    assert len(seeds) == 2 + 12 - len(refused) and {run.state for run in runs} == {State.QUEUED}
    assert sorted((run.arm, run.seed) for run in runs) == sorted(
        (arm.name, seed) for arm in sweep.variants for seed in seeds
    )
    assert all(said.startswith("Ada changed this sweep just now. Look") for said in refused)


def test_time_is_told_from_runs_that_were_timed_and_never_guessed(
    store: Store, settings: Settings, design: Design
) -> None:
    assert estimate.before(store, settings, design, 12) is None
    sweep = submit.start(store, settings, design, "norms", "Ada")
    assert estimate.left(store.sweeps.runs(sweep.id)) is None
    run = store.runs.claim("host:1", 10)
    store.runs.finish(run.id, 1, State.FINISHED, "", RESULT.model_copy(update={"seconds": 3.0}))
    assert estimate.before(store, settings, design, 12) == pytest.approx(3 * 12 / 2)
    twice = design.model_copy(update={"recipe": design.recipe.replace("training.epochs", 600)})
    assert estimate.before(store, settings, twice, 12) == pytest.approx(36)
    other = design.model_copy(update={"recipe": design.recipe.replace("model.widths", [3])})
    assert estimate.before(store, settings, other, 12) is None
    runs = [
        run.model_copy(
            update={"started_at": datetime.now(UTC) - timedelta(seconds=10)} if run.started_at else {}
        )
        for run in store.sweeps.runs(sweep.id)
    ]
    assert estimate.left(runs) == pytest.approx(50, rel=0.05), "one of six took ten seconds"
