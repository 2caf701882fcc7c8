"""A home of its own, and a make-believe training that a test can steer."""

import sys
import types
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import clipviz.store
from clipviz.core.dataset import Column, Dataset, Reading
from clipviz.core.recipe import Data, Recipe
from clipviz.core.run import Result, Run, Sink, State
from clipviz.core.settings import Settings
from clipviz.store import Store
from clipviz.training.replicas.member import Ended

DATASET = "00000000000000d1"
RESULT = Result(
    metrics={"mae": 2.5},
    validation={},
    train={},
    baseline={},
    thresholds={},
    bounds={},
    steps=3,
    best_step=3,
    seconds=0.1,
    clipped_share=None,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home", device="cpu", lease_seconds=2.0, flush_seconds=0.02, checkpoint_seconds=0.2
    )


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with clipviz.store.open(settings.store_url, busy_seconds=0.05) as opened:
        yield opened


@pytest.fixture
def recipe(store: Store) -> Recipe:
    dataset = Dataset(
        id=DATASET,
        name="houses",
        source="5" * 64,
        reading=Reading(),
        columns=(Column(name="x", kind="number"), Column(name="y", kind="number")),
        rows=10,
        bytes=100,
        created_at=datetime.now(UTC),
    )
    store.datasets.add(dataset)
    return Recipe(data=Data(dataset=DATASET, target="y"))


@pytest.fixture
def claimed(store: Store, recipe: Recipe) -> Run:
    saved = store.recipes.add(recipe, "plain", "Ada")
    return store.runs.submit(saved.id, "first", "Ada", owner="host:1", lease_seconds=10)


@pytest.fixture
def lesson(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Any]], None]:
    """Puts a function in the place of training.loop.train, and of training.replicas.many.train_many, which calls it for
    one run after another; data come out of nowhere."""

    def teach(train: Callable[..., Any]) -> None:
        def train_many(
            recipes: Any, table: Any, sinks: Any, *, folders: Any, home: Any, ended: Any, **options: Any
        ) -> None:
            for place, (recipe, sink, folder) in enumerate(zip(recipes, sinks, folders, strict=True)):
                ended(place, Ended(*train(recipe, table, sink, folder=folder, **options)))

        many = types.ModuleType("clipviz.training.replicas.many")
        many.train_many = train_many  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "clipviz.training.replicas.many", many)
        loop, table = types.ModuleType("clipviz.training.loop"), types.ModuleType("clipviz.datasets.table")
        loop.train = train  # type: ignore[attr-defined]
        table.load = lambda settings, dataset, recipe: None  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "clipviz.training.loop", loop)
        monkeypatch.setitem(sys.modules, "clipviz.datasets.table", table)

    return teach


def say(sink: Sink, steps: int, first: int = 1) -> None:
    sink.telemetry("step", np.arange(first, first + steps), np.full((steps, 1), 0.5, dtype=np.float32))


def short_training(recipe: Recipe, table: Any, sink: Sink, **_: Any) -> tuple[State, Result | None]:
    sink.begin(3, "cpu", {"step": ["loss"], "evaluation": ["train_loss"]})
    say(sink, 3)
    sink.event(3, "best", "step 3: best so far")
    return State.FINISHED, RESULT
