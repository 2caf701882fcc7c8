"""A store of its own for each test, in SQLite, and in PostgreSQL where there is one; a clock that a test can move."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

import clipviz.store
from clipviz.core.dataset import Column, Dataset, Reading
from clipviz.core.ids import new_id
from clipviz.core.recipe import Data, Recipe
from clipviz.core.run import Run
from clipviz.store import Store

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DATASET = "00000000000000d1"
POSTGRESQL = os.environ.get("CLIPVIZ_TEST_POSTGRESQL", "")
"""URL of a database in which tests may make schemas."""


class Clock:
    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **length: float) -> None:
        self.moment += timedelta(**length)


def dataset_named(name: str, id: str = DATASET, who: str = "Ada") -> Dataset:
    return Dataset(
        id=id,
        name=name,
        source="5" * 64,
        reading=Reading(format="delimited", delimiter=";", missing=("NA",)),
        columns=(Column(name="x", kind="number"), Column(name="y", kind="number", title="y ")),
        rows=10,
        rejected=1,
        bytes=100,
        created_by=who,
        created_at=NOON,
    )


def sqlite_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'clipviz.db'}"


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield sqlite_in(tmp_path)
    else:
        yield from schema_in(POSTGRESQL)


def schema_in(database: str) -> Iterator[str]:
    """The URL of a schema of its own, which is dropped at the end."""
    schema, server = f"test_{new_id()}", make_url(database)
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    own = server.update_query_dict({"options": f"-csearch_path={schema}"})
    yield own.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    with clipviz.store.open(url, busy_seconds=0.2) as opened:
        opened.database.now = clock
        yield opened


@pytest.fixture
def dataset(store: Store) -> Dataset:
    return store.datasets.add(dataset_named("houses"))


@pytest.fixture
def recipe(dataset: Dataset) -> Recipe:
    return Recipe(data=Data(dataset=dataset.id, target="y"))


@pytest.fixture
def submit(store: Store, recipe: Recipe) -> Callable[..., Run]:
    def submit(name: str = "first", who: str = "Ada", **options: object) -> Run:
        saved = store.recipes.add(recipe, "plain", who)
        return store.runs.submit(saved.id, name, who, **options)

    return submit


@pytest.fixture
def running(store: Store, submit: Callable[..., Run]) -> Run:
    submit()
    claimed = store.runs.claim("host:1", lease_seconds=10)
    assert claimed is not None
    return claimed
