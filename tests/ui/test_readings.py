"""Readings go on in threads; they end with a dataset, or with words."""

import io
import os
import threading
import time

import pytest

from clipviz.core.dataset import Reading
from clipviz.core.errors import UnreadableFile
from clipviz.core.settings import Settings
from clipviz.datasets.ingest import spool
from clipviz.datasets.progress import Progress
from clipviz.ui import readings
from clipviz.ui.readings import Job
from tests.datasets.zoo.image_specimens import image


class Store:
    class datasets:  # noqa: N801
        @staticmethod
        def add(dataset):
            return dataset

        @staticmethod
        def list():
            return []

        @staticmethod
        def deleted(longer_than):
            return set()


@pytest.fixture
def job(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x,y\n1,2\n3,4\n")
    return Job(path, "t.csv", "Ada", Reading())


def test_a_reading_ends_with_a_dataset(job, tmp_path):
    job.work(Settings(home=tmp_path / "home"), Store)
    assert job.over and job.dataset and job.error is None


def test_a_reading_that_fails_ends_with_words(job, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise UnreadableFile("The file must be a table")

    monkeypatch.setattr(readings.ingest, "ingest", fail)
    job.work(Settings(home=tmp_path / "home"), Store)
    assert job.over and not job.dataset and "must be a table" in str(job.error)
    monkeypatch.setattr(readings.ingest, "ingest", lambda *_, **__: 1 / 0)
    job.work(Settings(home=tmp_path / "home"), Store)
    assert "could not be read; received ZeroDivisionError" in str(job.error)


def test_a_reading_clears_away_what_nobody_can_ask_for(job, tmp_path):
    home = Settings(home=tmp_path / "home")
    orphan, fresh = (spool(io.BytesIO(content), home) for content in (b"left behind", b"just dropped"))
    os.utime(orphan, (0, 0))
    job.work(home, Store)
    assert (orphan.exists(), fresh.exists()) == (False, True)


def test_files_are_packed_by_the_job_which_can_be_cancelled(tmp_path):
    home = Settings(home=tmp_path / "home")
    parts = tuple((f"pets/{animal}/1.png", spool(io.BytesIO(image()), home)) for animal in ("cat", "dog"))
    job = Job(None, "pets", "Ada", Reading(), parts=parts)
    job.cancel()
    job.work(home, Store)
    assert "was cancelled. Drop the files again" in str(job.error) and not list(home.uploads.iterdir())
    assert readings.show(job)[0] < readings.PACKED and "packing" in readings.show(job)[1]


def test_a_cancelled_reading_says_so_and_shows_how_far_it_was(job, tmp_path, monkeypatch):
    started = threading.Event()

    def slow(*_, listener, **__):
        while True:
            listener(Progress(500, 1000, "reading"))
            started.set()

    monkeypatch.setattr(readings.ingest, "ingest", slow)
    readings.start(job, Settings(home=tmp_path / "home"), Store)
    assert readings.get(job.id) is job and started.wait(10)
    assert job in readings.running()
    share, words = readings.show(job)
    assert share == pytest.approx(0.3) and "reading, 500 B of 1.0 kB" in words
    job.cancel()
    assert job.wait(10) and "was cancelled" in str(job.error)
    assert job not in readings.running()


def test_few_files_are_read_at_once_and_those_that_wait_can_be_cancelled(tmp_path, monkeypatch):
    going, go_on = threading.Semaphore(0), threading.Event()

    def slow(*_, **__):
        going.release()
        assert go_on.wait(10)
        raise UnreadableFile("The file must be a table")

    monkeypatch.setattr(readings.ingest, "ingest", slow)
    jobs = [Job(tmp_path / f"{n}.csv", f"{n}.csv", "Ada", Reading()) for n in range(readings.AT_ONCE + 2)]
    for job in jobs[: readings.AT_ONCE]:
        readings.start(job, Settings(home=tmp_path / "home"), Store)
        assert going.acquire(timeout=10)
    *_, cancelled, last = jobs
    for job in (cancelled, last):
        readings.start(job, Settings(home=tmp_path / "home"), Store)
    cancelled.cancel()
    assert cancelled.wait(10) and "was cancelled" in str(cancelled.error)
    assert not going.acquire(blocking=False) and not last.over
    deadline = time.monotonic() + 10
    while not last.waiting and time.monotonic() < deadline:  # it looks for its turn now and then
        time.sleep(0.01)
    assert "waits until other files are read" in readings.show(last)[1]
    go_on.set()
    assert all(job.wait(10) for job in jobs) and "must be a table" in str(last.error)
