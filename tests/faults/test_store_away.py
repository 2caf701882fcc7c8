"""The database is locked, or its disk is full, while runs train: they go on, and say so."""

import contextlib
import os
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import clipviz.store
from clipviz.core.errors import StoreUnavailable
from clipviz.core.run import State
from clipviz.runs.submit import submit
from clipviz.runs.worker import work
from clipviz.store.telemetry import resolve

from .conftest import House

pytestmark = pytest.mark.faults


def test_a_locked_database_costs_nothing(house: House) -> None:
    recipe = house.recipe()
    run = submit(house.store, house.settings, recipe, "locked out", "Ada")
    house.wait_for_step(run, 300)
    other = sqlite3.connect(house.settings.home / "clipviz.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    time.sleep(7.0)  # longer than a call waits, and far longer than the lease
    other.close()
    ended = house.wait_for_state(run, State.FINISHED)
    assert ended.attempt == 1
    assert "The database is locked by another process: training went on for" in house.texts(run)
    assert "nothing was lost" in house.texts(run)
    steps, _ = resolve(house.store.telemetry.read(run.id))["step"]
    assert steps.tolist() == list(range(int(steps[0]), int(steps[0]) + len(steps)))
    assert house.weights(run) == house.undisturbed(recipe).weights


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_costs_nothing(house: House, small_disk: Path) -> None:
    settings = house.settings.model_copy(update={"store": f"sqlite:///{small_disk / 'clipviz.db'}"})
    with clipviz.store.open(settings.store_url) as store:
        store.datasets.add(house.dataset)
        saved = store.recipes.add(house.recipe(epochs=200), "plain", "Ada")
        run = store.runs.submit(saved.id, "no room", "Ada", owner="here:1", lease_seconds=60)
        ballast = small_disk / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
        with pytest.raises(
            StoreUnavailable, match=r"The disk of the database is full; .* Free some space on it"
        ):
            for _ in range(1000):
                store.events.append(run.id, 1, 0, "info", "x" * 2000)
        training = threading.Thread(target=work, args=(run, settings, store, threading.Event()))
        training.start()
        time.sleep(3)
        assert training.is_alive() and store.runs.get(run.id).state is State.RUNNING
        ballast.unlink()
        training.join(60)
        ended = store.runs.get(run.id)
        assert ended.state is State.FINISHED, ended.reason
        with store.database.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
