"""The web process while a large file is dropped: `python benchmarks/drop.py [--megabytes 150] [--file large.csv]`.

A real `streamlit run` and a browser: the file is dropped on the Data page, read and profiled, its profile is shown, and
eleven of its columns are opened on the Clamp page. The memory of the web process is looked at fifty times a second: all
that is resident, pages of mapped files and libraries among it, and what it holds itself. The baseline is the walk to
the form of Train with the small sample. Exits 1 when 300 MB or more are resident.
"""

import argparse
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from _browser import chromium, dashboard, person, settled, walk
from playwright.sync_api import Locator, Page, expect

LIMIT = 300.0
COLUMNS = 10
SIGMA = 6
"""Where the clamp that takes most memory to fit, by mean and deviation, stands in the list."""
PATIENCE = 900_000
POLICIES = "sigma for every column"


class Watch:
    """The most memory of one process, in MB, in each part of a walk: (its own, resident with mapped files)."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.found: dict[str, list[float]] = {}
        self._part = ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def part(self, name: str) -> None:
        self._part = name
        self.found[name] = [0.0, 0.0, time.perf_counter()]

    def end(self) -> float:
        """Prints every part; the most that was resident."""
        self._over.set()
        self._thread.join()
        starts = [start for _, _, start in self.found.values()] + [time.perf_counter()]
        for (name, (own, resident, start)), end in zip(self.found.items(), starts[1:], strict=True):
            print(f"  {name:34} {end - start:6.1f} s   {own:5.0f} MB   with mapped files {resident:5.0f} MB")
        return max(resident for _, resident, _ in self.found.values())

    def _look(self) -> None:
        while not self._over.wait(0.02):
            memory = self._process.memory_info()
            kept = self.found.get(self._part)
            if kept is not None:
                kept[0] = max(kept[0], (memory.rss - memory.shared) / 1e6)
                kept[1] = max(kept[1], memory.rss / 1e6)


def drop(page: Page, file: Path, watch: Watch) -> None:
    watch.part("first page")
    page.get_by_role("heading", name="What have I got?").wait_for()
    settled(page)
    watch.part("uploaded, read and profiled")
    page.locator("input[type=file]").first.set_input_files(file)
    expect(page.get_by_role("button", name="Look at the tails")).to_be_visible(timeout=PATIENCE)
    watch.part("shown on Data")
    page.wait_for_timeout(1000)
    settled(page)
    watch.part("opened on Clamp")
    page.get_by_role("button", name="Look at the tails").click()
    expect(page.get_by_text("Over all columns the clamps touch")).to_be_visible(timeout=PATIENCE)
    settled(page)
    for place in range(1, COLUMNS + 1):
        if place in (1, 2):
            watch.part("another column on Clamp" if place == 1 else f"up to {COLUMNS} other columns")
        chosen(page, page.get_by_role("combobox", name="Column", exact=True), place)
    watch.part(POLICIES)
    chosen(page, page.get_by_role("combobox", name="Default for every numeric column"), SIGMA)


def chosen(page: Page, box: Locator, place: int) -> None:
    """Picks the option of a list, and waits until the page has drawn what follows."""
    box.click()
    page.get_by_role("option").nth(place).click()
    page.wait_for_timeout(1000)
    expect(page.locator("[data-testid='stApp'][data-test-script-state='notRunning']")).to_be_visible(
        timeout=PATIENCE
    )


def measured(file: Path | None) -> float:
    with chromium() as browser, dashboard() as running:
        running.extra |= {"CLIPVIZ_INGEST_SECONDS": "3600", "CLIPVIZ_UPLOAD_MB": "100000"}
        running.start()
        assert running.process is not None
        watch = Watch(running.process.pid)
        with person(browser) as page:
            page.set_default_timeout(PATIENCE)
            page.goto(running.url)
            if file is None:
                watch.part("the small sample, to Train")
                walk(page)
            else:
                drop(page, file, watch)
            return watch.end()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--megabytes", type=float, default=150)
    parser.add_argument("--file", type=Path, help="a file of data/make_large.py, instead of a new one")
    given = parser.parse_args()
    expect.set_options(timeout=60_000)
    with TemporaryDirectory() as folder:
        file = given.file or Path(folder) / "large.csv"
        if given.file is None:
            maker = Path(__file__).parents[1] / "data" / "make_large.py"
            subprocess.run([sys.executable, maker, file, "--megabytes", str(given.megabytes)], check=True)
        bare = measured(None)
        print(f"{file.stat().st_size / 1e6:.0f} MB dropped:")
        most = measured(file)
    print(f"{most:.0f} MB resident at most, {most / bare:.2f} times the small sample's walk")
    return int(most >= LIMIT)


if __name__ == "__main__":
    sys.exit(main())
