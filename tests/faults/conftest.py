"""A home with a small dataset, a runner that is a real process, and an uninterrupted run to compare with."""

import contextlib
import csv
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np
import psutil
import pytest

import clipviz.store
from clipviz.core.dataset import Dataset
from clipviz.core.recipe import Choice, Data, Recipe
from clipviz.core.regime import Stopping, Training
from clipviz.core.run import Run, State
from clipviz.core.settings import Settings
from clipviz.datasets.ingest import ingest
from clipviz.runs.awaken import lock_of, log_of
from clipviz.runs.check import complete
from clipviz.runs.worker import work
from clipviz.store import Store

MODEL = "model.safetensors"


class Undisturbed(NamedTuple):
    """What a run ends with when nothing happens to it."""

    weights: bytes
    metrics: dict[str, float]
    steps: int


class House:
    """A home under test: its store, its files, its processes."""

    _twins: ClassVar[dict[str, Undisturbed]] = {}

    def __init__(self, settings: Settings, store: Store, dataset: Dataset) -> None:
        self.settings, self.store, self.dataset = settings, store, dataset

    def recipe(self, epochs: int = 1000, seed: int = 0) -> Recipe:
        recipe = Recipe(
            data=Data(dataset=self.dataset.id, target="y"),
            activation=Choice.of("learned_tanh"),
            gradient=Choice.of("global_norm"),
            training=Training(epochs=epochs, batch_size=32),
            stopping=Stopping(patience=0),
            seed=seed,
        )
        return complete(recipe)  # as `submit` saves it: the twin holds the very same document

    def run(self, run: Run) -> Run:
        return self.store.runs.get(run.id)

    def weights(self, run: Run) -> bytes:
        return (self.settings.runs / run.id / MODEL).read_bytes()

    def texts(self, run: Run) -> str:
        return "\n".join(event.text for event in self.store.events.list(run.id))

    def undisturbed(self, recipe: Recipe) -> Undisturbed:
        """The same recipe, trained in this process from beginning to end; once for all homes."""
        if recipe.id not in self._twins:
            self._twins[recipe.id] = self._train_undisturbed(recipe)
        return self._twins[recipe.id]

    def _train_undisturbed(self, recipe: Recipe) -> Undisturbed:
        saved = self.store.recipes.add(recipe, "undisturbed", "Ada")
        run = self.store.runs.submit(saved.id, "undisturbed", "Ada", owner="here:1", lease_seconds=60)
        work(run, self.settings, self.store, threading.Event())
        ended = self.run(run)
        assert ended.state is State.FINISHED and ended.result is not None, ended.reason
        return Undisturbed(self.weights(run), ended.result["metrics"], ended.result["steps"])

    def wait(self, condition: Callable[[], object], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                log = log_of(self.settings)
                pytest.fail(
                    f"waited {seconds} s in vain; runner's log:\n{log.read_text() if log.exists() else ''}"
                )
            time.sleep(0.02)

    def wait_for_state(self, run: Run, state: State, seconds: float = 90.0) -> Run:
        self.wait(lambda: self.run(run).state is state or self.run(run).state.final, seconds)
        now = self.run(run)
        assert now.state is state, f"{now.state}: {now.reason}\n{self.texts(run)}"
        return now

    def wait_for_step(self, run: Run, step: int, attempt: int = 1) -> Run:
        """Until the run is under way in a worker, with a checkpoint behind it."""

        def under_way() -> bool:
            now = self.run(run)
            assert not now.state.final, (
                f"{now.state} at step {now.step}: too early for this test\n{now.reason}"
            )
            folder = self.settings.runs / run.id
            return now.attempt >= attempt and now.step >= step and folder.exists() and any(folder.iterdir())

        self.wait(under_way)
        return self.run(run)

    @property
    def runner(self) -> int:
        return int((self.settings.home / "runner.pid").read_text())

    def worker(self, run: Run) -> int:
        return int(self.run(run).owner.rsplit(":", 1)[1])

    def processes(self) -> list[psutil.Process]:
        """Every process of this home: they all carry it in their environment."""
        mine = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.pid != os.getpid() and process.environ().get("CLIPVIZ_HOME") == str(
                    self.settings.home
                ):
                    mine.append(process)
        return mine

    def kill(self) -> bool:
        """Kills every process of this home; whether there was none left.

        By number, not through psutil: it takes a process for another one where the clock was set back.
        """
        left = self.processes()
        for process in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        return not left


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = Settings(
        home=tmp_path / "home", device="cpu", lease_seconds=3.0, checkpoint_seconds=0.2, flush_seconds=0.1
    )
    generator = np.random.default_rng(0)
    inputs = generator.standard_t(2, size=(300, 4))
    target = inputs[:, 0] + np.tanh(inputs[:, 1]) + generator.normal(size=300)
    table = tmp_path / "spiky.csv"
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["a", "b", "c", "d", "y"])
        writer.writerows(np.column_stack([inputs, target]).round(6).tolist())
    with clipviz.store.open(settings.store_url) as store:
        house = House(settings, store, store.datasets.add(ingest(table, "spiky", settings)))
        yield house
        house.wait(house.kill, 30)
        with lock_of(settings).acquire(timeout=10):
            pass
