"""A store in a folder of its own, with a clock that a test can move."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import clipviz.store
from clipviz.core.dataset import Column, Dataset, Reading
from clipviz.core.recipe import Data, Recipe
from clipviz.core.run import Run
from clipviz.store import Store

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DATASET = "00000000000000d1"


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


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'clipviz.db'}"


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
