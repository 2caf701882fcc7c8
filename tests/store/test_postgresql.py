"""What PostgreSQL does otherwise than SQLite; the other tests of the store run on it as well, where there is one."""

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

import clipviz.store
from clipviz.core.errors import ClipvizError, StoreUnavailable
from clipviz.core.recipe import Data, Recipe
from clipviz.core.run import Run
from clipviz.core.sweep import Design, Variant
from clipviz.store import Store
from clipviz.store.letters import Flush, Letter, Sender
from clipviz.store.sweeps import Cell

from .conftest import POSTGRESQL, dataset_named, schema_in

if not POSTGRESQL:
    pytest.skip(
        "the store was not tried on PostgreSQL: set CLIPVIZ_TEST_POSTGRESQL to the URL of a database in which tests "
        "may make schemas",
        allow_module_level=True,
    )

RECIPE = Recipe(data=Data(dataset="00000000000000d1", target="y"))


@pytest.fixture
def url() -> Iterator[str]:
    yield from schema_in(POSTGRESQL)


@pytest.fixture
def swept(store: Store) -> list[Run]:
    store.datasets.add(dataset_named("houses", RECIPE.data.dataset))
    cells = [Cell(RECIPE.replace("seed", seed), "one", "a" * 16) for seed in range(6)]
    store.sweeps.add(Design(recipe=RECIPE), [Variant(name="one", recipe=RECIPE)], cells, "mine", "Ada")
    taken = store.runs.claim_program("host:1", 60, "a" * 16, most=6)
    for run in taken:
        store.telemetry.declare(run.id, 1, {"step": ["loss"]})
    return taken


def at_once(*acts: Callable[[], object]) -> list[ClipvizError]:
    """What goes wrong when these are done many times beside one another."""
    wrong: list[ClipvizError] = []

    def often(act: Callable[[], object]) -> None:
        try:
            for _ in range(25):
                act()
        except ClipvizError as error:
            wrong.append(error)

    threads = [threading.Thread(target=often, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_those_who_touch_many_runs_never_wait_for_each_other_in_a_circle(
    store: Store, swept: list[Run]
) -> None:
    def letters(runs: list[Run]) -> list[tuple[Sender, Letter]]:
        flush = Flush("step", np.arange(1), np.zeros((1, 1), np.float32))
        return [(Sender(run.id, 1), flush) for run in runs for _ in range(2)]

    beats = {(run.id, 1): 1 for run in swept[::2] + swept[1::2]}
    wrong = at_once(
        lambda: store.letters.write(letters(swept)),
        lambda: store.letters.write(letters(swept[::-1])),
        lambda: store.runs.beat_together(beats, 60),
        lambda: store.sweeps.ask(swept[0].sweep or "", "pause", "Grace"),
        lambda: store.sweeps.ask(swept[0].sweep or "", "run", "Ada"),
    )
    assert wrong == []


def test_sweeps_that_share_recipes_can_be_made_and_extended_at_once(store: Store, swept: list[Run]) -> None:
    made = iter(range(1000))

    def extend() -> None:
        sweep = store.sweeps.add(Design(recipe=RECIPE), [], [], "another", "Ada")
        seed = next(made) // 2
        cells = [Cell(RECIPE.replace("seed", 10 + seed), "one", "a" * 16)]
        store.sweeps.extend(sweep, sweep.design, sweep.variants, cells, "Ada")

    assert at_once(extend, extend, extend) == []


def test_a_file_that_two_add_at_once_is_one_dataset(store: Store) -> None:
    ids = [iter(f"{number:016x}" for number in range(100)) for _ in range(3)]
    assert at_once(*(lambda own=own: store.datasets.add(dataset_named("n", next(own))) for own in ids)) == []
    assert len(store.datasets.list()) == 25


def test_who_waits_too_long_for_another_writer_is_told_so(store: Store, swept: list[Run]) -> None:
    with store.database.writing() as connection:
        connection.execute(text("SELECT * FROM runs FOR UPDATE"))
        with pytest.raises(
            StoreUnavailable, match="locked by another process; received 'canceling statement"
        ):
            store.runs.beat(swept[0].id, 1, 10, 1)


def test_a_database_that_nobody_has_made_says_so(url: str) -> None:
    nowhere = make_url(url).set(database="nobody_has_made_it").render_as_string(hide_password=False)
    with pytest.raises(
        StoreUnavailable, match=r"cannot be opened; .*does not exist.*that CLIPVIZ_STORE names"
    ):
        clipviz.store.open(nowhere)


def test_where_no_tables_may_be_made_it_says_so(url: str) -> None:
    nowhere = make_url(url).update_query_dict({"options": "-csearch_path=nowhere"})
    with pytest.raises(StoreUnavailable, match=r"may not be written; .*no schema.*right to make"):
        clipviz.store.open(nowhere.render_as_string(hide_password=False))
