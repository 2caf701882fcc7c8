import pytest

from clipviz.core.errors import Conflict, NotFound, StaleAttempt
from clipviz.core.recipe import Data, Recipe
from clipviz.core.run import Run, State
from clipviz.core.sweep import Design, Standing, Variant
from clipviz.store import Store
from clipviz.store.sweeps import Cell
from clipviz.store.transitions import SUSPECT
from tests.store.conftest import Clock, dataset_named

RECIPE = Recipe(data=Data(dataset="00000000000000d1", target="y"))


def cells(seeds: int, program: str = "a" * 16) -> list[Cell]:
    return [Cell(RECIPE.replace("seed", seed), "one", program) for seed in range(seeds)]


@pytest.fixture
def swept(store: Store):
    store.datasets.add(dataset_named("houses", RECIPE.data.dataset))
    design = Design(recipe=RECIPE, seeds=(0, 1, 2))
    return store.sweeps.add(design, [Variant(name="one", recipe=RECIPE)], cells(3), "my sweep", "Ada")


def test_a_sweep_is_saved_with_all_its_runs_or_not_at_all(store: Store, swept) -> None:
    assert store.sweeps.get(swept.id) == swept and store.sweeps.list() == [swept]
    runs = store.sweeps.runs(swept.id)
    assert [run.name for run in runs] == ["one, seed 0", "one, seed 1", "one, seed 2"]
    assert {(run.sweep, run.program, run.state) for run in runs} == {(swept.id, "a" * 16, State.QUEUED)}
    assert [(run.arm, run.seed) for run in runs] == [("one", 0), ("one", 1), ("one", 2)]
    elsewhere = RECIPE.replace("data.dataset", "e" * 16)
    with pytest.raises(NotFound):
        store.sweeps.add(Design(recipe=elsewhere), [], cells(1), "lost", "Ada")
    assert len(store.sweeps.list()) == 1


def test_its_cells_stay_out_of_the_teams_lists(store: Store, swept) -> None:
    assert store.runs.list() == [] and store.recipes.list() == []
    assert len(store.runs.list(include_sweeps=True)) == 3
    store.recipes.add(RECIPE, "saved by hand", "Grace")
    assert [saved.id for saved in store.recipes.list()] == [RECIPE.id]


def test_single_runs_go_before_cells_and_a_program_makes_way_for_them(store: Store, swept) -> None:
    first = store.runs.claim("host:1", 10)
    assert first is not None and first.name == "one, seed 0"
    single = store.runs.submit(store.recipes.add(RECIPE.replace("seed", 9), "r", "Ada").id, "by hand", "Ada")
    assert store.runs.claim_cell("host:2", 10, program="a" * 16) is None
    assert store.runs.claim("host:3", 10).id == single.id
    second = store.runs.claim_cell("host:2", 10, program="a" * 16)
    assert second is not None and second.name == "one, seed 1"
    assert [run.id for run in store.runs.held("host:2")] == [second.id]
    assert store.runs.claim_cell("host:2", 10, program="b" * 16) is None
    assert store.runs.claim_cell("host:2", 10, sweep=swept.id).name == "one, seed 2"
    assert store.runs.claim_cell("host:2", 10, sweep=swept.id) is None


def test_a_warm_process_goes_on_with_its_sweep_only_while_that_is_next(
    store: Store, clock: Clock, swept
) -> None:
    clock.forward(seconds=1)
    later = store.sweeps.add(
        Design(recipe=RECIPE), [], [Cell(RECIPE.replace("seed", 7), "late", "c" * 16)], "later", "Ada"
    )
    assert store.runs.claim_further("host:1", 10, later.id) is None, "an older sweep waits"
    assert store.runs.claim_further("host:1", 10, swept.id).name == "one, seed 0"
    store.runs.submit(store.recipes.add(RECIPE.replace("seed", 9), "r", "Ada").id, "by hand", "Ada")
    assert store.runs.claim_further("host:1", 10, swept.id) is None, "a person's run waits"


def test_a_warm_process_makes_way_where_a_run_has_lost_touch(store: Store, clock: Clock, swept) -> None:
    """Else it would wait for the end of the sweep: only who has a slot free queues it again."""
    store.runs.submit(store.recipes.add(RECIPE.replace("seed", 9), "r", "Ada").id, "by hand", "Ada")
    lost = store.runs.claim("gone:1", 10)
    assert lost.name == "by hand"
    assert store.runs.claim_further("host:1", 60, swept.id) is not None
    clock.forward(seconds=11)
    assert store.runs.claim_further("host:1", 60, swept.id) is None
    assert store.runs.claim("runner", 60).id == lost.id
    assert store.runs.claim_further("host:1", 60, swept.id) is not None


def test_people_pause_resume_and_cancel_all_at_once(store: Store, swept) -> None:
    running = store.runs.claim("host:1", 10)
    assert store.sweeps.ask(swept.id, "pause", "Grace") == 3
    states = [run.state for run in store.sweeps.runs(swept.id)]
    assert states == [State.RUNNING, State.PAUSED, State.PAUSED]
    assert store.runs.get(running.id).request == "pause"
    store.sweeps.ask(swept.id, "run", "Grace")
    assert [run.state for run in store.sweeps.runs(swept.id)][1:] == [State.QUEUED] * 2
    store.sweeps.ask(swept.id, "stop", "Grace")
    standing = Standing.of(store.sweeps.runs(swept.id))
    assert standing.states == {State.RUNNING: 1, State.STOPPED: 2}
    assert standing.ended == 2 and not standing.over and not standing.paused
    store.runs.finish(running.id, 1, State.FINISHED, "", None)
    assert Standing.of(store.sweeps.runs(swept.id)).over
    assert store.sweeps.ask(swept.id, "stop", "Grace") == 0


def test_it_grows_by_the_cells_that_are_new(store: Store, swept) -> None:
    design = swept.design.model_copy(update={"seeds": (0, 1, 2, 3, 4)})
    grown = store.sweeps.extend(swept, design, swept.variants, cells(5), "Grace")
    assert grown.design.seeds == (0, 1, 2, 3, 4) and grown.revision == 2
    assert [run.name for run in store.sweeps.runs(swept.id)] == [f"one, seed {k}" for k in range(5)]
    with pytest.raises(Conflict, match="Grace changed this sweep"):
        store.sweeps.extend(swept, design, swept.variants, cells(5), "Ada")


def test_a_cell_that_was_deleted_is_filled_again_and_added_seeds_are_remembered(store: Store, swept) -> None:
    first = store.runs.claim("host:1", 10)
    store.runs.finish(first.id, 1, State.FINISHED, "", None)
    store.runs.delete(first.id, "Grace")
    other = store.runs.claim("host:1", 10)
    store.runs.finish(other.id, 1, State.FINISHED, "", None)
    filled = store.sweeps.extend(swept, swept.design, swept.variants, cells(3), "Grace")
    assert not filled.extensions and filled.cells == {("one", seed) for seed in range(3)}
    assert sorted(run.seed for run in store.sweeps.runs(swept.id)) == [0, 1, 2]
    with pytest.raises(Conflict, match="has filled this run's place"):
        store.runs.restore(first.id, "Grace")
    [again] = [run for run in store.sweeps.runs(swept.id) if run.seed == first.seed]
    store.runs.delete(again.id, "Grace")
    assert store.runs.restore(first.id, "Grace").deleted_at is None
    design = swept.design.model_copy(update={"seeds": (0, 1, 2, 3, 4)})
    [more] = store.sweeps.extend(filled, design, swept.variants, cells(5), "Grace").extensions
    assert (more.seeds, more.ended) == ((3, 4), 2)
    assert store.sweeps.get(swept.id).extensions == (more,)


def test_deleting_stops_what_waits_and_can_be_undone(store: Store, swept) -> None:
    store.sweeps.delete(swept.id, "Grace")
    assert store.sweeps.list() == [] and store.runs.due() is False
    with pytest.raises(NotFound, match="deleted by Grace"):
        store.sweeps.get(swept.id)
    assert store.sweeps.restore(swept.id, "Ada").deleted_at is None
    assert store.sweeps.restore(swept.id, "Ada").revision == 3


def test_a_program_is_taken_at_once_and_kept_by_one_beat(store: Store, swept) -> None:
    taken = store.runs.claim_program("host:1", 60, "a" * 16, most=2)
    assert [(run.seed, run.attempt, run.owner) for run in taken] == [(0, 1, "host:1"), (1, 1, "host:1")]
    assert [run.seed for run in store.runs.claim_program("host:2", 60, "a" * 16, most=9)] == [2]
    assert store.runs.claim_program("host:2", 60, "a" * 16, most=9) == []
    one, other = taken
    store.runs.ask(other.id, "pause", "Ada")
    heard = store.runs.beat_together({(one.id, 1): 7, (other.id, 1): 8, (one.id, 2): 9}, 60)
    assert (heard[one.id, 1], heard[other.id, 1]) == ("run", "pause")
    assert isinstance(heard[one.id, 2], StaleAttempt)
    assert [store.runs.get(run.id).step for run in taken] == [7, 8]


def test_a_run_that_kills_its_worker_takes_nobody_with_it_for_good(store: Store, swept) -> None:
    def taken() -> list[Run]:
        first = store.runs.claim("host:1", 60)
        return [] if first is None else [first, *store.runs.claim_program("host:1", 60, "a" * 16, most=9)]

    for _ in range(SUSPECT):
        together = taken()
        assert len(together) == 3
        for run in together:
            store.runs.lost(run.id, run.attempt, "crashed, signal 11")
    alone = taken()
    assert [run.seed for run in alone] == [0], "which one it was will show"
    assert store.runs.lost(alone[0].id, alone[0].attempt, "crashed, signal 11").state is State.FAILED
    for seed in (1, 2):
        alone = taken()
        assert [run.seed for run in alone] == [seed]
        assert store.runs.finish(alone[0].id, alone[0].attempt, State.FINISHED, "", None).state.final
    assert taken() == []
