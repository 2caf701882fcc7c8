import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing.connection import wait
from pathlib import Path

import psutil
import pytest

from clipviz.core.run import Run, State
from clipviz.core.settings import Settings
from clipviz.runs import worker
from clipviz.runs.executors import local
from clipviz.runs.executors.local import Local, _in_words


def run_of(name: str) -> Run:
    return Run(id="a" * 16, recipe="b" * 16, dataset="c" * 16, name=name, state=State.RUNNING,
               created_at=datetime.now(UTC))  # fmt: skip


def act(run: Run, settings: Settings) -> None:
    """What a worker does here: what the name of its run says."""
    os.setpgid(0, 0)
    settings.home.mkdir(parents=True, exist_ok=True)
    if run.name == "fail":
        sys.exit(3)
    if run.name == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if run.name == "linger":
        helper = subprocess.Popen(["sleep", "1000"])
        (settings.home / "helper").write_text(str(helper.pid))
        time.sleep(1000)


@pytest.fixture
def executor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Local]:
    monkeypatch.setattr(local, "PRELOADED", ())
    monkeypatch.setattr(worker, "main", act)
    executor = Local(Settings(home=tmp_path / "home"))
    yield executor
    executor.close()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("succeed", ""),
        ("fail", "crashed, exit code 3"),
        ("die", "crashed, signal 9 (SIGKILL: somebody killed it, or memory ran out)"),
    ],
)
def test_an_end_is_noticed_and_told(executor: Local, name: str, words: str) -> None:
    job = executor.start(run_of(name))
    assert wait([job.sentinel], 30)
    assert job.end() == words


def test_a_kill_takes_the_whole_group(executor: Local, tmp_path: Path) -> None:
    job = executor.start(run_of("linger"))
    note = tmp_path / "home" / "helper"
    while not (note.exists() and note.read_text()):
        time.sleep(0.01)
    helper = psutil.Process(int(note.read_text()))
    job.kill()
    assert wait([job.sentinel], 30)
    assert job.end().startswith("crashed, signal 9")
    deadline = time.monotonic() + 10
    while helper.is_running() and helper.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the worker's own child outlived it"
        time.sleep(0.01)


def test_an_interrupt_is_a_polite_signal(executor: Local, tmp_path: Path) -> None:
    job = executor.start(run_of("linger"))
    while not (tmp_path / "home" / "helper").exists():
        time.sleep(0.01)
    job.interrupt()
    assert wait([job.sentinel], 30)
    assert job.end() == "crashed, signal 15 (SIGTERM)"


def test_signals_without_a_name_are_told_too() -> None:
    assert _in_words(-63) == "crashed, signal 63 (unknown)"


def test_warming_up_never_asks_for_a_gpu() -> None:
    """A process that is forked after CUDA was initialised cannot use it, and counting GPUs can be enough."""
    program = f"""
import importlib, torch
asked = []
torch.cuda.is_available = torch.cuda.device_count = torch.cuda.init = lambda: asked.append(1) or 0
for name in {local.PRELOADED!r}:
    importlib.import_module(name)
assert not asked and not torch.cuda.is_initialized()
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
