"""From `streamlit run app.py` to a first page that can be used: `python benchmarks/startup.py [--repetitions 5]`.

Each repetition has a home that nobody has used and a browser without a cache; Chromium itself is open already.
The clock runs from the start of the process until the heading is in sight and the Open button of a sample can
be clicked. Then the resident memory of the web process is read, and once more when a sample was opened and
the Data, Clamp and Train pages were walked through. The bare baseline, in turn with it, is `streamlit run` of
a script of one line, until its heading is in sight. Exits 1 beyond 3 s or 250 MB, or when torch is loaded.
"""

import argparse
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from _browser import chromium, dashboard, heading, person, walk
from playwright.sync_api import Browser

SECONDS_LIMIT, MEGABYTES_LIMIT = 3.0, 250.0
BARE = 'import streamlit as st; st.title("Bare")\n'


@dataclass
class Start:
    """What one start took: until the server answered, and until the page could be used; megabytes of memory."""

    answering: float
    usable: float
    resident: float
    walked: float = 0.0
    torch: bool = False


def megabytes(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 1e6


def has_torch(process: psutil.Process) -> bool:
    return any("libtorch" in Path(part.path).name for part in process.memory_maps())


def start(browser: Browser, script: str, title: str, ours: bool) -> Start:
    with dashboard(script) as running, person(browser) as page:
        begun = time.perf_counter()
        running.start()
        answering = time.perf_counter() - begun
        page.goto(running.url)
        heading(page, title)
        if ours:
            page.get_by_role("button", name="Open").first.click(trial=True)
        usable = time.perf_counter() - begun
        assert running.process is not None
        process = psutil.Process(running.process.pid)
        measured = Start(answering, usable, megabytes(process))
        if ours:
            walk(page)
            measured.walked, measured.torch = megabytes(process), has_torch(process)
        return measured


def median(starts: list[Start], field: str) -> float:
    return statistics.median(getattr(start, field) for start in starts)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repetitions", type=int, default=5)
    repetitions = parser.parse_args().repetitions
    bare, ours = [], []
    with chromium() as browser, TemporaryDirectory() as folder:
        script = Path(folder) / "bare.py"
        script.write_text(BARE)
        for _ in range(repetitions):
            bare.append(start(browser, str(script), "Bare", ours=False))
            ours.append(start(browser, "app.py", "What have I got?", ours=True))
    for title, field, unit in (
        ("until the server answers", "answering", "s"),
        ("until the page can be used", "usable", "s"),
        ("resident memory then", "resident", "MB"),
    ):
        ground, full = median(bare, field), median(ours, field)
        print(
            f"{title:28} bare {ground:6.2f} {unit:2}   clipviz {full:6.2f} {unit:2}   ratio {full / ground:.2f}"
        )
    print(f"{'after Data, Clamp, Train':28} {'':17} clipviz {median(ours, 'walked'):6.2f} MB")
    torch = any(each.torch for each in ours)
    print(f"torch in the web process     {'yes' if torch else 'no'}")
    print(f"slowest of {repetitions}: {max(each.usable for each in ours):.2f} s")
    late, fat = median(ours, "usable") > SECONDS_LIMIT, median(ours, "resident") >= MEGABYTES_LIMIT
    return int(late or fat or torch)


if __name__ == "__main__":
    sys.exit(main())
