"""Writes a large CSV with everything that real ones have: `python data/make_large.py large.csv --megabytes 1000`.

28 columns: 20 numbers from light to heavy tails, zero-inflated, discrete and bimodal ones, whole numbers, a flag, a
category, a date, and a target. A share of the cells is empty, NA, inf, -inf or nan. About one row in 8,000 is
malformed: too few or too many cells, a word among numbers, or a quote that is never closed. The same seed writes the
same file; how many rows of each sort were written is printed as JSON.
"""

import argparse
import json
from pathlib import Path

import numpy as np

NUMBERS = 20
BLOCK = 20_000
ONE_IN = 8_000
NAMES = [
    *(f"x{place:02d}" for place in range(NUMBERS)), "count", "grade", "year", "flag", "colour", "day", "size", "y",
]  # fmt: skip
COLOURS = np.array(["red", "green", "blue", "amber", "violet"])


def columns(generator: np.random.Generator, rows: int) -> list[np.ndarray]:
    """Text cells of one block, a column each."""
    shapes = [
        generator.normal(size=rows),
        generator.lognormal(0, 1.5, rows),
        generator.standard_t(2, rows),
        -generator.lognormal(1, 1, rows),
        np.where(generator.random(rows) < 0.7, 0.0, generator.exponential(3, rows)),
        generator.random(rows) * 1e6,
        np.where(generator.random(rows) < 0.5, generator.normal(-4, 1, rows), generator.normal(4, 1, rows)),
        generator.pareto(1.5, rows),
        generator.normal(1e7, 1e3, rows),
        generator.standard_cauchy(rows),
    ]
    numbers = [np.char.mod("%.6g", shapes[place % 10] * (1 + place // 10)) for place in range(NUMBERS)]
    for column in numbers:
        some = generator.integers(0, rows, rows // 50)
        column[some] = generator.choice(["", "", "", "NA", "inf", "-inf", "nan"], len(some))
    days = np.datetime64("2015-01-01") + generator.integers(0, 3650, rows).astype("timedelta64[D]")
    whole = [generator.poisson(3, rows), generator.integers(1, 7, rows), generator.integers(1950, 2026, rows)]
    target = shapes[0] + np.tanh(shapes[1]) + 0.1 * generator.standard_t(3, rows)
    return [
        *numbers,
        *(np.char.mod("%d", column) for column in whole),
        np.where(generator.random(rows) < 0.3, "yes", "no"),
        COLOURS[generator.integers(0, len(COLOURS), rows)],
        days.astype(str),
        np.char.mod("%d", generator.integers(0, 10**9, rows)),
        np.char.mod("%.6g", target),
    ]


def spoilt(line: str, which: int) -> str:
    """A malformed row."""
    cells = line.split(",")
    if which == 0:
        return ",".join(cells[:-3])
    if which == 1:
        return line + ",extra,cells"
    if which == 2:
        return ",".join([cells[0], "oops", *cells[2:]])
    return '"never closed' + line


def write(path: Path, size: int, seed: int) -> dict[str, int]:
    """Write at least `size` bytes; counts of rows by sort."""
    generator = np.random.default_rng(seed)
    written = {"rows": 0, "malformed": 0, "bytes": 0}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        written["bytes"] += file.write(",".join(NAMES) + "\n")
        while written["bytes"] < size:
            lines = [
                ",".join(row)
                for row in zip(*(column.tolist() for column in columns(generator, BLOCK)), strict=True)
            ]
            for place in generator.integers(0, BLOCK, BLOCK // ONE_IN):
                written["malformed"] += (
                    "oops" not in lines[place] and lines[place].count(",") == len(NAMES) - 1
                )
                lines[place] = spoilt(lines[place], int(generator.integers(0, 4)))
            written["rows"] += len(lines)
            written["bytes"] += file.write("\n".join(lines) + "\n")
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--megabytes", type=float, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print(json.dumps(write(given.path, int(given.megabytes * 1e6), given.seed)))


if __name__ == "__main__":
    main()
