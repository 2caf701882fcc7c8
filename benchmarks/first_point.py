"""From the click on Start to the first drawn point, and from a step to its pixel: `python benchmarks/first_point.py`.

A real dashboard and Chromium; the runner is warm, for one run was done before. The page is loaded anew for each
repetition, so that the drawing library is not in memory yet, as for somebody who comes to train the first time.

First point: from the click until the first animation frame at which a chart holds a drawn line or marker. Where
the time goes: the store's own clock says when rows were written (triggers, added to the benchmark's home only),
the browser's when answers arrived; both are this machine's wall clock.

Step to pixel: during a long run. A step counts as made at its place between the write of its flush and of the
flush before, evenly spread; as shown at the first frame at which some curve ends at it or beyond. `flush to pixel`
is the part after the write, which assumes nothing.

The bare baseline: a Streamlit script that draws a line with `st.plotly_chart` in a fragment four times a second,
without any training; the points of its line are the times at which they were made.

Exits 1 when the median first point is later than 1.5 s, or 5 % of the steps take 1 s or more.
"""

import argparse
import sqlite3
import statistics
import sys
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from _browser import chromium, dashboard, heading, person, settled, walk
from playwright.sync_api import Browser, Page, expect

FIRST_LIMIT, STEP_LIMIT = 1.5, 1.0
NOW = "(julianday('now') - 2440587.5) * 86400000"
TRIGGERS = f"""
CREATE TABLE clock (what TEXT, first INTEGER, last INTEGER, at REAL);
CREATE TRIGGER submitted AFTER INSERT ON runs BEGIN INSERT INTO clock VALUES ('submitted', 0, 0, {NOW}); END;
CREATE TRIGGER claimed AFTER UPDATE OF attempt ON runs WHEN new.attempt > old.attempt
    BEGIN INSERT INTO clock VALUES ('claimed', 0, 0, {NOW}); END;
CREATE TRIGGER forked AFTER INSERT ON events WHEN new.text LIKE 'trains on %'
    BEGIN INSERT INTO clock VALUES ('forked', 0, 0, {NOW}); END;
CREATE TRIGGER loaded AFTER INSERT ON series WHEN new.stream = 'step'
    BEGIN INSERT INTO clock VALUES ('loaded', 0, 0, {NOW}); END;
CREATE TRIGGER flushed AFTER INSERT ON chunks WHEN new.stream = 'step'
    BEGIN INSERT INTO clock VALUES ('flushed', new.first, new.first + new.length - 1, {NOW}); END;
"""
PARTS = ("submitted", "claimed", "forked", "loaded", "flushed", "asked", "answered", "drawn")
EYES = """
  const now = () => performance.timeOrigin + performance.now();
  Object.assign(window, { clicked: 0, seen: [], answers: [] });
  addEventListener("click", (event) => {
    if (event.target.closest("button")?.textContent.includes("Start"))
      Object.assign(window, { clicked: now(), seen: [], answers: [] });
  }, true);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (entry.name.includes("/live?"))
        answers.push([performance.timeOrigin + entry.startTime, performance.timeOrigin + entry.responseEnd]);
  }).observe({ type: "resource" });
  const drawn = (plot) => plot.querySelector(".scatterlayer path.js-line[d], .scatterlayer path.point");
  const ends = (plot) => (plot._fullData ?? []).map((trace) => trace.x?.[trace.x.length - 1] ?? -1);
  (function look() {
    const last = Math.max(-1, ...[...document.querySelectorAll(".js-plotly-plot")].filter(drawn).flatMap(ends));
    if (last > (seen.length ? seen[seen.length - 1][1] : -1)) seen.push([now(), last]);
    requestAnimationFrame(look);
  })();
"""
BARE = """
import time
import plotly.graph_objects as go
import streamlit as st

st.title("Bare")
if st.button("Start"):
    st.session_state.made = []

@st.fragment(run_every=0.25)
def live():
    st.session_state.made.append(1000 * time.time())
    made = st.session_state.made
    st.plotly_chart(go.Figure(go.Scatter(x=made, y=[at % 7 for at in made], mode="lines+markers")))

if "made" in st.session_state:
    live()
"""


def start(page: Page) -> None:
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_function("() => seen.length > 0")


def bare(browser: Browser, script: Path, repetitions: int, seconds: float) -> tuple[list[float], float]:
    """(milliseconds from click to first point, each repetition; 95th percentile from a point's making to it drawn)."""
    firsts = []
    with dashboard(str(script)) as running, person(browser) as page:
        running.start()
        page.add_init_script(EYES)
        for _ in range(repetitions + 1):
            page.goto(running.url)
            heading(page, "Bare")
            settled(page)
            start(page)
            firsts.append(page.evaluate("seen[0][0] - clicked"))
        page.wait_for_timeout(1000 * seconds)
        seen = np.array(page.evaluate("seen"))
    return firsts[1:], float(np.quantile(seen[:, 0] - seen[:, 1], 0.95))


def form(page: Page, url: str) -> None:
    page.goto(url)
    heading(page, "Train a clipped network")
    settled(page)


def ended(page: Page) -> None:
    expect(page.locator(".cv-run[data-state=finished], .cv-run[data-state=stopped]")).to_be_visible(
        timeout=30_000
    )


def first_point(page: Page, database: sqlite3.Connection, url: str) -> dict[str, float]:
    """Milliseconds after the click at which each part was over."""
    form(page, url)
    database.execute("DELETE FROM clock")
    database.commit()
    start(page)
    clicked, drawn = page.evaluate("[clicked, seen[0][0]]")
    ended(page)
    answers: list[list[float]] = page.evaluate("answers")
    firsts = "SELECT what, min(at) FROM clock GROUP BY what"
    at = dict(database.execute(firsts).fetchall())
    at |= {"asked": answers[0][0], "answered": max(end for _, end in answers if end <= drawn), "drawn": drawn}
    return {part: at[part] - clicked for part in PARTS}


def steps_to_pixels(page: Page, database: sqlite3.Connection, url: str, seconds: float) -> np.ndarray:
    """(milliseconds from step to pixel, from flush to pixel) of every step of a long run: (N, 2)."""
    form(page, url)
    database.execute("DELETE FROM clock")
    database.commit()
    start(page)
    page.wait_for_timeout(1000 * seconds)
    seen = np.array(page.evaluate("seen"))
    page.get_by_role("button", name="Stop").click()
    ended(page)
    flushes = database.execute(
        "SELECT first, last, at FROM clock WHERE what = 'flushed' ORDER BY last"
    ).fetchall()
    parts = []
    for (_, _, before), (first, last, written) in pairwise(flushes):
        steps = np.arange(first, last + 1)
        made = before + (steps - first + 1) / len(steps) * (written - before)
        frame = np.searchsorted(seen[:, 1], steps)
        if frame[-1] < len(seen):
            shown = seen[frame, 0]
            parts.append(np.column_stack([shown - made, shown - written]))
    return np.concatenate(parts)


def long(home: Path, url: str) -> str:
    """The id of a saved recipe that trains until it is stopped."""
    from clipviz.core.recipe import Data, Recipe
    from clipviz.core.regime import Stopping, Training
    from clipviz.store import open as open_store

    dataset = parse_qs(urlsplit(url).query)["dataset"][0]
    training, stopping = Training(epochs=1_000_000), Stopping(patience=0)
    recipe = Recipe(data=Data(dataset=dataset, target="output"), training=training, stopping=stopping)
    with open_store(f"sqlite:///{home / 'clipviz.db'}") as store:
        return store.recipes.add(recipe, "long", "benchmark").id


def ours(browser: Browser, repetitions: int, seconds: float) -> tuple[list[dict[str, float]], np.ndarray]:
    with dashboard() as running, person(browser) as page:
        running.start()
        page.add_init_script(EYES)
        page.goto(running.url)
        walk(page)
        url = page.url
        start(page)
        ended(page)
        database = sqlite3.connect(running.home / "clipviz.db", timeout=10)
        database.executescript(TRIGGERS)
        firsts = [first_point(page, database, url) for _ in range(repetitions)]
        latencies = steps_to_pixels(page, database, f"{url}&recipe={long(running.home, url)}", seconds)
        database.close()
    return firsts, latencies


def median(firsts: list[dict[str, Any]], part: str) -> float:
    return statistics.median(first[part] for first in firsts)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=12.0, help="length of the long run")
    chosen = parser.parse_args()
    with chromium() as browser, TemporaryDirectory() as folder:
        script = Path(folder) / "bare.py"
        script.write_text(BARE)
        plain, plain_p95 = bare(browser, script, chosen.repetitions, chosen.seconds / 2)
        firsts, latencies = ours(browser, chosen.repetitions, chosen.seconds)
    ground, first = statistics.median(plain) / 1000, median(firsts, "drawn") / 1000
    slowest = max(firsts, key=lambda each: each["drawn"])
    p95, flushed_p95 = np.quantile(latencies, 0.95, axis=0) / 1000
    half, flushed_half = np.quantile(latencies, 0.5, axis=0) / 1000
    print(
        "ms after the click, medians:   " + ", ".join(f"{part} {median(firsts, part):.0f}" for part in PARTS)
    )
    print("of the slowest repetition:     " + ", ".join(f"{part} {slowest[part]:.0f}" for part in PARTS))
    print(
        f"first point, median            bare {ground:.2f} s   clipviz {first:.2f} s   ratio {first / ground:.2f}"
    )
    print(f"step to pixel, 95 % of {len(latencies):7,} bare {plain_p95 / 1000:.2f} s   clipviz {p95:.2f} s")
    print(f"step to pixel, median          {'':11} clipviz {half:.2f} s")
    print(f"flush to pixel, 95 %           {'':11} clipviz {flushed_p95:.2f} s   median {flushed_half:.2f} s")
    return int(first > FIRST_LIMIT or p95 >= STEP_LIMIT)


if __name__ == "__main__":
    sys.exit(main())
