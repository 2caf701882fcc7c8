"""Write data/spikes.csv: a small regression set whose tails are of two kinds.

    python data/make_spikes.py

- `sensor` carries signal, but 2 % of its readings are broken and read 20 to 200 in size: error outliers. The target
  knows nothing of them, so clamping helps.
- `load` has a heavy tail (a lognormal) and the target follows it to the end: signal in the tail. Clamping hurts.
- `angle`, `flow` and `age` are ordinary; `noise` has a heavy tail and means nothing.
"""

import csv
from pathlib import Path

import numpy as np

ROWS = 1_000
SEED = 20_240_601
TARGET = Path(__file__).with_name("spikes.csv")


def main() -> None:
    draw = np.random.Generator(np.random.PCG64(SEED))
    true_sensor = draw.normal(0.0, 1.0, ROWS)
    load = draw.lognormal(0.0, 1.0, ROWS)
    angle = draw.uniform(-np.pi, np.pi, ROWS)
    flow = draw.gamma(3.0, 2.0, ROWS)
    age = draw.integers(0, 40, ROWS)
    noise = draw.standard_t(1.5, ROWS)
    output = 10.0 + 4.0 * true_sensor + 3.0 * load + 2.0 * np.sin(angle) + 0.5 * flow - 0.05 * age
    output += draw.normal(0.0, 0.5, ROWS)
    sensor = true_sensor.copy()
    broken = draw.choice(ROWS, ROWS // 50, replace=False)
    sensor[broken] = draw.choice([-1.0, 1.0], len(broken)) * draw.uniform(20.0, 200.0, len(broken))
    columns = {
        "sensor": sensor,
        "load": load,
        "angle": angle,
        "flow": flow,
        "age": age,
        "noise": noise,
        "output": output,
    }
    with TARGET.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(
            [
                f"{value:d}" if name == "age" else f"{value:.4f}"
                for name, value in zip(columns, row, strict=True)
            ]
            for row in zip(*columns.values(), strict=True)
        )
    print(f"{TARGET.name}: {ROWS:,} rows, {len(broken)} broken sensor readings")


if __name__ == "__main__":
    main()
