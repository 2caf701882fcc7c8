"""A run: its states, its record, and the names of the numbers it says while it trains."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from clipviz.core.health import Health

Request = Literal["run", "pause", "stop"]
Stream = Literal["step", "evaluation", "sampled", "histogram"]
"""What a run says: at every step; at every evaluation; by itself, not as one of many in a program, also noise, time and
memory at every evaluation, and now and then the histograms of `core.bins`."""


class State(StrEnum):
    """queued -> running -> finished | stopped | failed; running -> paused -> queued."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def final(self) -> bool:
        return self in (State.FINISHED, State.STOPPED, State.FAILED)


class Run(BaseModel):
    """One recipe being trained, or trained, as the store knows it."""

    model_config = ConfigDict(frozen=True)

    id: str
    recipe: str = Field(description="Id of the recipe.")
    dataset: str
    name: str
    note: str = ""
    sweep: str | None = Field(None, description="Id of the sweep that it is a cell of.")
    arm: str | None = Field(None, description="Name of the sweep's variant that it trains.")
    seed: int | None = Field(None, description="Its seed, where it is the cell of a sweep.")
    program: str | None = Field(None, description="Runs of one program are trained by one process.")
    state: State
    request: Request = "run"
    attempt: int = Field(
        0, description="How often a worker has taken this run; names the owner of its telemetry."
    )
    owner: str = Field("", description="Worker that holds the lease, as host:pid.")
    lease_until: datetime | None = None
    reason: str = Field("", description="Why it ended or waits, in words.")
    device: str = ""
    step: int = 0
    steps: int = Field(0, description="Steps planned; 0 until known.")
    result: dict[str, Any] | None = Field(None, description="Result.model_dump() once it ended.")
    created_by: str = ""
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    deleted_at: datetime | None = None
    revision: int = 1

    @property
    def diverged(self) -> bool:
        """Whether it ended because its numbers ran away: it counts, as the worst. A crash says nothing of an arm."""
        return self.state is State.FAILED and ("diverged" in self.reason or "must be finite" in self.reason)


class GroupLimit(BaseModel):
    """Input bounds of one group as its rows got them; None is open, and so is an end of an interval.

    rows: its finite training values; weight: what its own bounds count in these, those of all rows the rest.
    lo_interval, hi_interval: of 95 %; None around a bound that is open.
    """

    rows: int
    weight: float
    lo: float | None
    hi: float | None
    lo_interval: tuple[float | None, float | None] | None
    hi_interval: tuple[float | None, float | None] | None


class GroupLimits(BaseModel):
    """by: the category column; levels: the bounds of each of its levels, by name."""

    by: str
    levels: dict[str, GroupLimit]


class Result(BaseModel):
    """What a run ends with. Metrics are on raw, unclamped targets of untouched test rows."""

    metrics: dict[str, float | None] = Field(description="On the test rows; None where it is not finite.")
    validation: dict[str, float | None]
    train: dict[str, float | None]
    baseline: dict[str, float | None] = Field(description="Test metrics of the best constant prediction.")
    thresholds: dict[str, list[float]] = Field(description="Learned thresholds by layer.")
    bounds: dict[str, tuple[float | None, float | None]] = Field(
        description="Input bounds by column, for rows of no known group; None is open."
    )
    groups: dict[str, GroupLimits] = Field(
        default_factory=dict,
        description="Bounds of each group, by column, where groups have bounds of their own.",
    )
    steps: int
    best_step: int
    seconds: float = Field(
        description="Time spent training, over all attempts; of a run in a program, its share of the program's."
    )
    clipped_share: float | None = Field(description="Share of steps whose gradient was clipped.")
    skipped_steps: int = Field(0, description="Steps that were left out.")
    left_out_steps: int = Field(
        0, description="Those of them whose gradient was finite: left out by the clip."
    )
    non_finite_steps: int = 0
    notes: tuple[str, ...] = ()
    cautions: tuple[str, ...] = Field((), description="Why the metrics may say little of the recipe.")
    health: Health | None = Field(
        None,
        description="Its clip ledger, what was found wrong, and which error is the largest; from its telemetry.",
    )


def undefined(result: Mapping[str, Any], metric: str) -> bool:
    """Whether a metric has no value on the test rows, whatever is predicted, as R² where the target does not vary: the
    best constant has none either. result: `Result.model_dump()`; where nothing is finite, the run diverged.
    """
    baseline, metrics = result["baseline"], result["metrics"]
    nowhere = metric in baseline and baseline[metric] is None and metrics.get(metric) is None
    return nowhere and any(value is not None for value in metrics.values())


class Sink(Protocol):
    """Whoever listens to a run. Training knows nothing else of the world.

    Called from the training thread about five times a second, never once a step.
    """

    def begin(self, steps: int, device: str, series: dict[Stream, Sequence[str]]) -> None:
        """Told once, before the first step of an attempt: planned steps, device, columns of each stream."""

    def telemetry(self, stream: Stream, steps: NDArray[np.int64], values: NDArray[np.float32]) -> None:
        """steps: (T,) ascending; values: (T, S) in the order of `series[stream]`; NaN where not measured."""

    def event(self, step: int, kind: str, text: str) -> None:
        """A sentence for the event log; kind is one of info, spike, nonfinite, best, rule (a stopping rule
        ended it), stop, warning."""

    def request(self) -> Request:
        """What people want of the run now."""
