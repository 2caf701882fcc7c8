"""Rounds in the store: decided once, whoever comes first; stopped, paused and hurried."""

import pytest

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.run import State
from clipviz.core.screening import Halving
from clipviz.core.settings import Settings
from clipviz.core.sweep import Design, Standing, Sweep, Vary
from clipviz.runs.sweeps import submit
from clipviz.runs.sweeps.advance import advance, advance_all, decide
from clipviz.store import Store
from tests.runs.conftest import RESULT


@pytest.fixture(autouse=True)
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clipviz.runs.sweeps.submit.ensure_runner", lambda settings: None)


@pytest.fixture
def halved(store: Store, settings: Settings, recipe: Recipe) -> Sweep:
    plain = recipe.model_copy(update={"activation": Choice(id="none")})
    vary = (Vary(path="gradient.max_norm", values=(0.1, 1.0, 5.0)),)
    design = Design(recipe=plain, vary=vary, seeds=range(5), choosing=Halving.over(5, first=2))
    return submit.start(store, settings, design, "norms", "Ada")


def train(store: Store, count: int = 1000) -> None:
    """Ends what waits; the smallest norm is the best."""
    for _ in range(count):
        run = store.runs.claim("host:1", 60)
        if run is None:
            return
        error = {"largest norm 0.1": 1.0, "largest norm 1": 2.0}.get(run.arm or "", 3.0)
        found = RESULT.model_copy(update={"metrics": {"mae": error}, "validation": {"mae": error}})
        store.runs.finish(run.id, 1, State.FINISHED, "", found)


def arms(store: Store, sweep: Sweep) -> set[str | None]:
    return {run.arm for run in store.sweeps.runs(sweep.id) if run.state is State.QUEUED}


def test_a_round_follows_once_all_runs_of_the_last_have_ended_and_only_once(
    store, settings, halved, monkeypatch
) -> None:
    assert halved.choosing and len(store.sweeps.runs(halved.id)) == 4 * 2
    train(store, 7)
    assert not advance(store, settings, halved)
    train(store)
    seen = store.sweeps.runs(halved.id)
    assert advance(store, settings, halved)
    with monkeypatch.context() as slow:  # another process that has looked before, and decides after
        slow.setattr(store.sweeps, "runs", lambda id: seen)
        assert advance(store, settings, halved)
    now = store.sweeps.get(halved.id)
    assert len(now.rounds) == 2 and now.rounds[1].left == ("largest norm 1", "largest norm 5")
    assert arms(store, halved) == {"no gradient clip", "largest norm 0.1"}
    train(store)
    advance_all(store, settings)
    ended = store.sweeps.get(halved.id)
    assert not ended.choosing and store.sweeps.choosing() == [] and len(store.sweeps.runs(halved.id)) == 8 + 6
    assert decide(ended, store.sweeps.runs(halved.id), 2) is None


def test_what_is_decided_depends_on_results_alone(store, settings, halved) -> None:
    train(store)
    runs = store.sweeps.runs(halved.id)
    assert decide(halved, runs, 1) == decide(halved, runs[::-1], 8)


def test_a_paused_sweep_waits_and_a_cancelled_one_decides_nothing_more(store, settings, halved) -> None:
    submit.ask(store, settings, halved.id, "pause", "Ada")
    assert not advance(store, settings, halved)
    submit.ask(store, settings, halved.id, "run", "Ada")
    train(store, 3)
    submit.ask(store, settings, halved.id, "stop", "Grace")
    now = store.sweeps.get(halved.id)
    assert (
        now.rounds[-1].stage == "stopped" and now.rounds[-1].why == "cancelled by Grace" and not now.choosing
    )
    assert not advance(store, settings, now) and not arms(store, now)
    assert submit.ask(store, settings, halved.id, "stop", "Grace") == 0


def test_a_pause_between_two_rounds_is_not_lost(store, settings, halved) -> None:
    train(store)
    assert submit.ask(store, settings, halved.id, "pause", "Ada") == 0, "all runs of the round have ended"
    assert advance(store, settings, store.sweeps.get(halved.id))
    assert Standing.of(runs := store.sweeps.runs(halved.id)).paused
    assert {run.reason for run in runs if run.state is State.PAUSED} == {"paused with its sweep"}
    submit.ask(store, settings, halved.id, "run", "Ada")
    while (now := store.sweeps.get(halved.id)).choosing:
        train(store)
        advance(store, settings, now)
    submit.ask(store, settings, halved.id, "pause", "Ada")
    submit.extend(store, settings, now, "Ada", seeds=(9,))
    assert arms(store, halved), "what people add, they want trained"


def test_it_is_extended_by_seeds_once_it_has_chosen(store, settings, halved) -> None:
    with pytest.raises(InvalidRecipe, match="once it has chosen"):
        submit.extend(store, settings, halved, "Ada", seeds=(9,))
    while (now := store.sweeps.get(halved.id)).choosing:
        train(store)
        advance(store, settings, now)
    with pytest.raises(InvalidRecipe, match="takes no further arms"):
        submit.extend(store, settings, now, "Ada", vary=now.design.vary)
    grown = submit.extend(store, settings, now, "Ada", seeds=(4, 5, 6))
    assert grown.seeds == tuple(range(7)) and grown.rounds[-1].seeds == tuple(range(7))
    waiting = [(run.arm, run.seed) for run in store.sweeps.runs(halved.id) if run.state is State.QUEUED]
    assert sorted(waiting) == [
        ("largest norm 0.1", 5), ("largest norm 0.1", 6), ("no gradient clip", 5), ("no gradient clip", 6),
    ]  # fmt: skip


def test_seeds_that_are_added_to_a_cancelled_one_count_in_the_round_that_decided_last(
    store, settings, halved, monkeypatch
) -> None:
    submit.ask(store, settings, halved.id, "stop", "Grace")

    def woken(settings: Settings) -> None:
        raise AssertionError("the caller trains it himself")

    monkeypatch.setattr("clipviz.runs.sweeps.submit.ensure_runner", woken)
    now = store.sweeps.get(halved.id)
    grown = submit.extend(store, settings, now, "Ada", seeds=(5, 6), awake=False)
    assert [each.stage for each in grown.rounds] == ["rung", "stopped", "rung"]
    assert grown.rounds[-1].seeds == (0, 1, 5, 6) and not grown.choosing


def test_a_deleted_sweep_is_left_alone(store, settings, halved) -> None:
    train(store)
    store.sweeps.delete(halved.id, "Ada")
    advance_all(store, settings)
    assert len(store.sweeps.restore(halved.id, "Ada").rounds) == 1
