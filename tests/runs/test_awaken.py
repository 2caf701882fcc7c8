import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import Timeout

from clipviz.core.errors import ClipvizError
from clipviz.core.settings import Settings
from clipviz.runs import awaken
from clipviz.runs.awaken import ensure_runner, environment, lock_of, log_of


def awake(settings: Settings) -> bool:
    try:
        with lock_of(settings).acquire(timeout=0):
            return False
    except Timeout:
        return True


def eventually(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def runner_pid(settings: Settings) -> Iterator[Callable[[], int]]:
    def pid() -> int:
        return int((settings.home / "runner.pid").read_text())

    yield pid
    if awake(settings):
        os.kill(pid(), signal.SIGTERM)
        assert eventually(lambda: not awake(settings)), log_of(settings).read_text()


def test_one_runner_wakes_and_goes_when_told(settings: Settings, runner_pid: Callable[[], int]) -> None:
    for _ in range(5):
        ensure_runner(settings)
    first = runner_pid()
    assert eventually(lambda: awake(settings)), log_of(settings).read_text()
    ensure_runner(settings)
    assert runner_pid() == first
    assert os.getsid(first) == first != os.getsid(0), "it must outlive whoever started it"
    os.kill(first, signal.SIGTERM)
    assert eventually(lambda: not awake(settings))
    assert "Traceback" not in log_of(settings).read_text()


def test_a_runner_with_nothing_to_do_goes_to_sleep(settings: Settings, runner_pid: Callable[[], int]) -> None:
    sleepy = settings.model_copy(update={"idle_minutes": 0.005})
    ensure_runner(sleepy)
    assert eventually(lambda: awake(sleepy))
    assert eventually(lambda: not awake(sleepy))


def test_a_runner_that_died_young_is_replaced(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []

    class Stillborn:
        pid = 2**22 + 1

        def __init__(self, command: list[str], **_: object) -> None:
            started.append(command)

        def wait(self) -> int:
            return 1

    monkeypatch.setattr(awaken.subprocess, "Popen", Stillborn)
    ensure_runner(settings)
    ensure_runner(settings)
    assert len(started) == 2


def test_many_who_look_at_once_start_one_runner(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []

    class Slow:
        pid = os.getpid()

        def __init__(self, command: list[str], **_: object) -> None:
            started.append(command)
            time.sleep(0.05)

        def wait(self) -> int:
            return 0

    monkeypatch.setattr(awaken.subprocess, "Popen", Slow)
    gate = threading.Barrier(6)

    def look() -> None:
        gate.wait()
        ensure_runner(settings)

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(started) == 1


def test_another_process_reads_the_same_settings(settings: Settings, tmp_path: Path) -> None:
    program = (
        "from clipviz.core.settings import Settings; print(Settings.from_environment().model_dump_json())"
    )
    said = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(settings),
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert Settings.model_validate_json(said.stdout) == settings


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ClipvizError, match=r"The runner cannot be started; .* Check that CLIPVIZ_HOME"):
        ensure_runner(Settings(home=tmp_path / "file" / "home"))
