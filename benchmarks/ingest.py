"""Ingest and full profile of a large CSV: `python benchmarks/ingest.py [--megabytes 100] [--file large.csv]`.

The baseline, in the same run and in turn with ours, is what DuckDB does by itself: read_csv to Parquet (malformed rows
stored as rejects), then SUMMARIZE of that Parquet file, on as many threads. Ours runs as the dashboard runs it: in a
child process, from an upload that is kept already, to data.parquet, rejected rows, sorted columns and exact profiles.
Numbers are medians over the repetitions. Exits 1 beyond 1.5 times the baseline or 1.5 GB of the job, or when rows do
not add up. --excel measures an xlsx of 100,000 x 20 as well, with openpyxl and ours in turn, by the clock and in
processor time. Two pairs do the same work on both sides, and by the clock each must be five times faster: reading
against openpyxl's reading, and the whole ingest against `pandas.read_excel(engine="openpyxl").to_parquet()`. The whole
ingest against openpyxl's reading alone is printed too, and is no limit.
"""

import argparse
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from clipviz.datasets.progress import Progress

RATIO, MEGABYTES, EXCEL_RATIO = 1.5, 1500.0, 5.0
PAIRS = (
    ("reading", "openpyxl's reading", True),
    ("whole ingest", "pandas.read_excel(engine='openpyxl').to_parquet()", True),
    ("whole ingest", "openpyxl's reading", False),
)
"""What of ours is compared with what, and whether that must be `EXCEL_RATIO` times faster."""
BARE = """
import sys, time, duckdb
source, folder = sys.argv[1:]
connection = duckdb.connect(folder + "/bare.duckdb", config={"temp_directory": folder})
begun = time.perf_counter()
connection.execute("SET enable_progress_bar = false")
connection.execute("SET threads = 2")
connection.execute(f"COPY (SELECT * FROM read_csv('{source}', store_rejects=true, "
                   f"nullstr=['', 'NA'])) TO '{folder}/bare.parquet' (FORMAT parquet)")
copied = time.perf_counter()
connection.execute(f"SUMMARIZE SELECT * FROM '{folder}/bare.parquet'").fetchall()
print(copied - begun, time.perf_counter() - copied)
"""


class Peak:
    """The largest resident memory of this process's children, in MB, looked at fifty times a second. Pages of mapped
    files, which the system takes back when it needs them, are not counted."""

    def __init__(self) -> None:
        self.megabytes = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            for child in psutil.Process().children(recursive=True):
                try:
                    memory = child.memory_info()
                except psutil.Error:
                    continue
                self.megabytes = max(self.megabytes, (memory.rss - memory.shared) / 1e6)


def bare(source: Path, folder: Path) -> tuple[float, float, float]:
    """Seconds of DuckDB's copy and of its SUMMARIZE, and its peak memory."""
    with Peak() as peak:
        done = subprocess.run(
            [sys.executable, "-c", BARE, str(source), str(folder)], capture_output=True, text=True, check=True
        )
    copy, summarize = (float(part) for part in done.stdout.splitlines()[-1].split())
    return copy, summarize, peak.megabytes


class Parts:
    """Seconds in each part of a reading, as the job itself tells where it is."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last, self._doing = time.perf_counter(), "starting"

    def hear(self, progress: "Progress") -> None:
        if progress.doing != self._doing:
            self.over(progress.doing)

    def over(self, then: str = "") -> None:
        now = time.perf_counter()
        self.seconds[self._doing] = self.seconds.get(self._doing, 0.0) + now - self._last
        self._last, self._doing = now, then

    def __str__(self) -> str:
        return ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self.seconds.items())


def ours(source: Path, home: Path) -> tuple[float, float, int, Parts]:
    """Seconds, peak memory of the job, rows read and rejected together, and where the time went."""
    from clipviz.core.settings import Settings
    from clipviz.datasets import ingest

    settings = Settings(home=home, upload_mb=100_000, ingest_seconds=3600)
    kept = ingest.keep(source, settings)
    with Peak() as peak:
        begun, parts = time.perf_counter(), Parts()
        dataset = ingest.ingest(kept, source.name, settings, listener=parts.hear)
        seconds = time.perf_counter() - begun
        parts.over()
    print(f"  {dataset.rows:,} rows read, {dataset.rejected:,} rejected, {len(dataset.columns)} columns")
    return seconds, peak.megabytes, dataset.rows + dataset.rejected, parts


def excel(folder: Path, rows: int, repetitions: int) -> bool:
    """A workbook of 20 columns: reading it, and all of our ingest, against openpyxl."""
    import numpy as np
    import openpyxl

    path, numbers = folder / "table.xlsx", np.random.default_rng(0).lognormal(size=(rows, 20))
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("numbers")
    sheet.append([f"x{place}" for place in range(20)])
    for row in numbers.tolist():
        sheet.append(row)
    book.save(path)
    found = [_excel_once(path, folder / f"excel-home-{turn}", rows) for turn in range(repetitions)]
    print(f"xlsx {rows:,} x 20, medians of {repetitions} in turn, load {psutil.getloadavg()[0]:.1f}")
    least = []
    for ours_is, theirs_is, limited in PAIRS:
        told = []
        for unit, which in (("by the clock", 0), ("in processor time", 1)):
            mine, theirs = (median(turn[name][which] for turn in found) for name in (ours_is, theirs_is))
            told.append(f"{theirs / mine:.1f} times faster {unit} ({theirs:.2f} s, ours {mine:.2f} s)")
            least += [theirs / mine] if limited and which == 0 else []
        print(f"  {ours_is} against {theirs_is}{'' if limited else ' (no limit)'}: {', '.join(told)}")
    return min(least) >= EXCEL_RATIO


@contextmanager
def timed(name: str, into: dict[str, tuple[float, float]]) -> Iterator[None]:
    """Seconds by the clock, and of processors, of this process and its children."""
    begun, before = time.perf_counter(), os.times()
    yield
    spent = sum(os.times()[:4]) - sum(before[:4])
    into[name] = time.perf_counter() - begun, spent


def _excel_once(path: Path, home: Path, rows: int) -> dict[str, tuple[float, float]]:
    """Seconds by the clock, and of processors, of what `PAIRS` compares."""
    import openpyxl
    import pandas as pd

    from clipviz.datasets import plain_sheets

    found: dict[str, tuple[float, float]] = {}
    with timed("openpyxl's reading", found):
        cells = openpyxl.load_workbook(path, read_only=True)["numbers"].iter_rows(values_only=True)
        assert sum(1 for _ in cells) == rows + 1
    home.mkdir()
    with timed("pandas.read_excel(engine='openpyxl').to_parquet()", found):
        pd.read_excel(path, engine="openpyxl").to_parquet(home / "theirs.parquet")
    plain_sheets.forget()
    with timed("reading", found):
        plain = plain_sheets.find(path, "numbers")
    assert plain is not None and len(plain.columns[0]) == rows
    plain_sheets.forget()
    del plain
    with timed("whole ingest", found):
        _, megabytes, _, parts = ours(path, home)
    print("  " + ", ".join(f"{name} {clock:.2f} s ({spent:.2f})" for name, (clock, spent) in found.items()))
    print(f"    {megabytes:.0f} MB ({parts})")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--file", type=Path, help="a file of data/make_large.py, instead of a new one")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--excel", type=int, nargs="?", const=100_000, default=0, metavar="ROWS")
    given = parser.parse_args()
    with TemporaryDirectory() as home:
        folder = Path(home)
        source = given.file or folder / "large.csv"
        if given.file is None:
            maker = Path(__file__).parents[1] / "data" / "make_large.py"
            subprocess.run([sys.executable, maker, source, "--megabytes", str(given.megabytes)], check=True)
        with source.open("rb") as file:
            rows = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 24), b"")) - 1
        bared, found = [], []
        for turn in range(given.repetitions):
            place = folder / str(turn)
            place.mkdir()
            load = psutil.getloadavg()[0]
            bared.append(bare(source, place))
            found.append(ours(source, place / "home"))
            shutil.rmtree(place)
            copy, summarize, theirs = bared[-1]
            print(
                f"DuckDB   copy {copy:.2f} s + SUMMARIZE {summarize:.2f} s = {copy + summarize:.2f} s   {theirs:.0f} MB"
            )
            print(
                f"clipviz  {found[-1][0]:.2f} s   {found[-1][1]:.0f} MB   ({found[-1][3]})   load {load:.1f}"
            )
        seconds = median(each[0] for each in found)
        baseline = median(copy + summarize for copy, summarize, _ in bared)
        ratio, megabytes = seconds / baseline, max(each[1] for each in found)
        print(
            f"median   DuckDB {baseline:.2f} s   clipviz {seconds:.2f} s   ratio {ratio:.2f}   {megabytes:.0f} MB"
        )
        whole = all(each[2] == rows for each in found)
        fast = excel(folder, given.excel, given.repetitions) if given.excel else True
    return int(ratio > RATIO or megabytes > MEGABYTES or not whole or not fast)


if __name__ == "__main__":
    sys.exit(main())
