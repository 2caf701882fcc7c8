"""Dashboards and Chromium for benchmarks: those of the browser tests."""

import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

sys.path.append(str(Path(__file__).parents[1]))

from tests.browser.conftest import ARGUMENTS, NAMES, Dashboard, stop_runner


@contextmanager
def dashboard(script: str = "app.py") -> Iterator[Dashboard]:
    """A dashboard on a home that nobody has used; not started. In the end it and its runner are gone."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        running = Dashboard(Path(folder) / "home", port, script)
        try:
            yield running
        finally:
            running.stop()
            stop_runner(running.home)


@contextmanager
def chromium() -> Iterator[Browser]:
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def person(browser: Browser) -> Iterator[Page]:
    """A page in a browser without any history or cache."""
    context = browser.new_context(viewport={"width": 1360, "height": 900})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def settled(page: Page) -> None:
    """Waits until no script of the page is running."""
    expect(page.locator("[data-testid='stApp'][data-test-script-state='notRunning']")).to_be_visible()


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name)).to_be_visible(timeout=30_000)


def walk(page: Page) -> None:
    """From the first page with a sample over Data and Clamp to the form of the Train page."""
    page.locator(".st-key-sample-spikes button").locator("visible=true").click()
    page.get_by_role("button", name="Look at the tails").click()
    page.get_by_role("button", name="Train with these clamps").click()
    heading(page, "Train a clipped network")
    settled(page)
