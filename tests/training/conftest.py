"""Small tables and a sink that remembers."""

from collections.abc import Callable, Sequence
from typing import Any, get_args

import numpy as np
import pytest

from clipviz.core.recipe import Data, Recipe
from clipviz.core.run import Request, Stream
from clipviz.core.table import Feature, Table


class Ear:
    """A sink that keeps everything; `wish(flushes)` answers what people want."""

    def __init__(self, wish: Callable[[int], Request] = lambda flushes: "run") -> None:
        self._wish = wish
        self.flushes = 0
        self.series: dict[Stream, Sequence[str]] = {}
        self.blocks: dict[Stream, list[tuple[np.ndarray, np.ndarray]]] = {
            stream: [] for stream in get_args(Stream)
        }
        self.events: list[tuple[int, str, str]] = []
        self.steps = 0
        self.device = ""

    def begin(self, steps: int, device: str, series: dict[Stream, Sequence[str]]) -> None:
        self.steps, self.device, self.series = steps, device, series

    def telemetry(self, stream: Stream, steps: np.ndarray, values: np.ndarray) -> None:
        assert values.dtype == np.float32 and values.shape == (len(steps), len(self.series[stream]))
        self.blocks[stream].append((steps.copy(), values.copy()))

    def event(self, step: int, kind: str, text: str) -> None:
        self.events.append((step, kind, text))

    def request(self) -> Request:
        self.flushes += 1
        return self._wish(self.flushes)

    def steps_of(self, stream: Stream) -> np.ndarray:
        return np.concatenate([steps for steps, _ in self.blocks[stream]])

    def line(self, stream: Stream, name: str) -> np.ndarray:
        place = list(self.series[stream]).index(name)
        return np.concatenate([values[:, place] for _, values in self.blocks[stream]])

    def words(self, kind: str) -> list[str]:
        return [text for _, what, text in self.events if what == kind]


def parts(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    places = np.random.default_rng(seed).permutation(rows)
    first, second = int(rows * 0.7), int(rows * 0.85)
    return places[:first], places[first:second], places[second:]


def regression(rows: int = 200, columns: int = 5, seed: int = 0, **changes: Any) -> Table:
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(rows, columns))
    target = 50 + 10 * inputs[:, 0] - 5 * inputs[:, -1] + generator.normal(size=rows)
    train, validation, test = parts(rows, seed)
    given = {
        "features": tuple(Feature(f"x{place}") for place in range(columns)),
        "inputs": inputs,
        "target": target,
        "target_name": "y",
        "task": "regression",
        "classes": (),
        "train": train,
        "validation": validation,
        "test": test,
        "source_rows": np.arange(rows),
    }
    return Table(**(given | changes))


def classification(rows: int = 300, classes: int = 3, seed: int = 0, **changes: Any) -> Table:
    generator = np.random.default_rng(seed)
    target = generator.integers(0, classes, size=rows).astype(np.float64)
    inputs = generator.normal(size=(rows, 4)) + 3 * target[:, None] * np.array([1.0, -1, 0, 0])
    codes = generator.integers(-1, 2, size=(rows, 1)).astype(np.float64)
    given = {
        "features": (*(Feature(f"x{place}") for place in range(4)), Feature("colour", ("red", "blue"))),
        "inputs": np.hstack([inputs, codes]),
        "target": target,
        "task": "classification",
        "classes": tuple(f"class {place}" for place in range(classes)),
    }
    return regression(rows, seed=seed, **(given | changes))


def recipe(**changes: Any) -> Recipe:
    """A short recipe without any clip; keys are dotted paths with __ for the dot."""
    made = Recipe(data=Data(dataset="0" * 16, target="y"))
    short = {
        "training__epochs": 30,
        "training__batch_size": 32,
        "activation__id": "none",
        "gradient__id": "none",
    }
    for path, value in (short | changes).items():
        made = made.replace(path.replace("__", "."), value)
    return made


@pytest.fixture
def ear() -> Ear:
    return Ear()
