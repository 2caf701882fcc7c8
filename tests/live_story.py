"""A run that is told rather than trained: a store with telemetry that tests and measurements can foresee."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import clipviz.store
from clipviz.core.dataset import Column, Dataset, Reading
from clipviz.core.recipe import Data, Recipe
from clipviz.core.run import Result, Run, State, Stream
from clipviz.store import Store

LAYERS = ("layer 1", "layer 2")
STEP = (
    "loss", "gradient_norm", "gradient_norm_clipped", "gradient_limit", "coefficient", "fired", "skipped",
    "learning_rate", "cosine", *(f"{kind}/{layer}" for kind in ("norm", "threshold", "saturated") for layer in LAYERS),
)  # fmt: skip
EVALUATION = (
    "train_loss", "validation_loss", "validation/mae", "validation/rmse",
    *(f"activation/{layer}/{code}" for layer in LAYERS for code in ("p50", "p90", "p99", "p999")),
    *(f"dead/{layer}" for layer in LAYERS), "update_ratio",
)  # fmt: skip
NAMES: dict[Stream, tuple[str, ...]] = {"step": STEP, "evaluation": EVALUATION}
EVERY = 50


def rows(first: int, last: int, seed: int = 0) -> NDArray[np.float32]:
    """Step telemetry (T, S) of steps first..last: a falling loss, a falling norm, a spike every 97 steps."""
    steps = np.arange(first, last + 1)
    noise = np.random.default_rng((seed, first)).normal(size=(3, len(steps)))
    pace = 400 * (1 + 0.4 * seed)
    loss = (0.08 + np.exp(-steps / pace)) * np.exp(0.18 * noise[0])
    norm = (0.6 + 3.0 * np.exp(-steps / 600)) * np.exp(0.35 * noise[1])
    norm = np.where(steps % 97 == 0, 40.0 + steps % 13, norm)
    limit = np.ones(len(steps))
    clipped = np.minimum(norm, limit)
    columns = {
        "loss": loss,
        "gradient_norm": norm,
        "gradient_norm_clipped": clipped,
        "gradient_limit": limit,
        "coefficient": clipped / norm,
        "fired": norm > limit,
        "skipped": steps % 331 == 0,
        "learning_rate": np.full(len(steps), 1e-3),
        "cosine": np.where(norm > limit, 0.9, 1.0),
    }
    for at, layer in enumerate(LAYERS, 1):
        columns[f"norm/{layer}"] = norm * at / 3
        columns[f"threshold/{layer}"] = 3.0 / at - 1.2 * (1 - np.exp(-steps / 900)) / at
        columns[f"saturated/{layer}"] = 0.02 * at + 0.01 * np.abs(noise[2])
    return np.column_stack([columns[name] for name in STEP]).astype(np.float32)


def evaluations(steps: NDArray[np.int64], seed: int = 0) -> NDArray[np.float32]:
    """Evaluation telemetry (T, S) at the given steps."""
    fall = 0.1 + np.exp(-steps / (400 * (1 + 0.4 * seed)))
    columns = {
        "train_loss": fall,
        "validation_loss": fall * 1.15 + 0.05 * (steps / 3000) ** 2,
        "validation/mae": 2.2 + 0.2 * seed + 5 * np.exp(-steps / 500),
        "validation/rmse": 3.1 + 6 * np.exp(-steps / 500),
        "update_ratio": 1e-3 * (1 + np.exp(-steps / 300)),
    }
    for at, layer in enumerate(LAYERS, 1):
        for scale, code in enumerate(("p50", "p90", "p99", "p999")):
            columns[f"activation/{layer}/{code}"] = 0.4 * 2.0**scale / at * (1 + 0.2 * np.exp(-steps / 500))
        columns[f"dead/{layer}"] = np.full(len(steps), 0.015 * at)
    return np.column_stack([columns[name] for name in EVALUATION]).astype(np.float32)


class Story:
    """A store with one data set and recipe, and runs that a test moves by hand."""

    def __init__(self, url: str) -> None:
        self.store: Store = clipviz.store.open(url)
        dataset = Dataset(
            id="00000000000000d1", name="houses", source="5" * 64, reading=Reading(format="delimited"),
            columns=(Column(name="y", kind="number"),), rows=10, bytes=100, created_at=datetime.now(UTC),
        )  # fmt: skip
        self.store.datasets.add(dataset)
        self.recipe = self.store.recipes.add(
            Recipe(data=Data(dataset=dataset.id, target="y")), "plain", "Ada"
        )

    def queued(self, name: str = "first") -> Run:
        return self.store.runs.submit(self.recipe.id, name, "Ada")

    def started(self, name: str = "first", steps: int = 3000) -> Run:
        """A run that a worker has taken and begun, with its series declared."""
        run = self.store.runs.submit(self.recipe.id, name, "Ada", owner="host:1", lease_seconds=600)
        self.store.runs.begin(run.id, run.attempt, steps, "cpu")
        self.store.telemetry.declare(run.id, run.attempt, NAMES)
        return self.store.runs.get(run.id)

    def trained(self, run: Run, first: int, last: int, flush: int = 100, seed: int = 0) -> None:
        """Telemetry of steps first..last as a worker flushes it, with an evaluation every 50 steps."""
        for start in range(first, last + 1, flush):
            stop = min(start + flush - 1, last)
            steps = np.arange(start, stop + 1, dtype=np.int64)
            self.store.telemetry.append(run.id, run.attempt, "step", steps, rows(start, stop, seed))
            at = steps[steps % EVERY == 0]
            if len(at):
                self.store.telemetry.append(run.id, run.attempt, "evaluation", at, evaluations(at, seed))

    def said(self, run: Run, step: int, kind: str, text: str) -> None:
        self.store.events.append(run.id, run.attempt, step, kind, text)

    def ended(self, run: Run, step: int, state: State = State.FINISHED, reason: str = "") -> Run:
        result = Result(
            metrics={"mae": 2.4}, validation={"mae": 2.3}, train={"mae": 2.0}, baseline={"mae": 6.1},
            thresholds={}, bounds={}, steps=step, best_step=step // 2, seconds=12.5, clipped_share=0.2,
        )  # fmt: skip
        return self.store.runs.finish(run.id, run.attempt, state, reason, result)


def story_in(home: Path) -> Story:
    home.mkdir(parents=True, exist_ok=True)
    return Story(f"sqlite:///{(home / 'clipviz.db').absolute()}")
