"""A real server and a real browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Dashboard:
    """A running `streamlit run app.py`, with the environment it was started in."""

    home: Path
    port: int
    script: str = "app.py"
    process: subprocess.Popen[bytes] | None = None
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        environment = {
            **os.environ,
            "CLIPVIZ_HOME": str(self.home),
            "CLIPVIZ_IDLE_MINUTES": "2",
            **self.extra,
        }
        command = [
            sys.executable, "-m", "streamlit", "run", self.script, "--server.headless=true",
            f"--server.port={self.port}",
        ]  # fmt: skip
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "web.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                    if answer.read() == b"ok":
                        return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError((self.home / "web.log").read_text())

    def kill(self) -> None:
        """kill -9 of the web process: no goodbye."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)


@pytest.fixture
def dashboard(tmp_path: Path) -> Iterator[Dashboard]:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    running = Dashboard(tmp_path / "home", port)
    running.start()
    yield running
    running.stop()
    stop_runner(running.home)


def stop_runner(home: Path) -> None:
    """Ends the runner of a home, so that no test leaves processes behind."""
    import psutil

    for process in psutil.process_iter(["cmdline", "environ"]):
        found = process.info
        if found["environ"] and found["environ"].get("CLIPVIZ_HOME") == str(home):
            process.kill()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        if path is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip("no Chromium on this machine: tests/browser/install_chromium.sh says how to get one")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at a browser of their own; what the browser complained about is kept."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def people(chromium: Browser) -> Iterator["list[Person]"]:
    """Two people with separate browsers; no page may have raised an error in the end."""
    found = []
    for _ in range(2):
        context = chromium.new_context(viewport={"width": 1360, "height": 900})
        context.set_default_timeout(30_000)
        person = Person(context, context.new_page())
        person.page.on("pageerror", lambda error, person=person: person.complaints.append(str(error)))
        found.append(person)
    yield found
    for person in found:
        person.context.close()
    assert [person.complaints for person in found] == [[], []]
