"""Where a trained network is right and where it is wrong, on the test rows."""

from pydantic import BaseModel, ConfigDict, Field

from clipviz.core.recipe import Task

FILE = "inspection.json"
"""Its name in the folder of a run."""
OTHER = -1
"""Stands for the classes that have no row of their own in a confusion matrix."""
Metrics = dict[str, float | None]


class Wrong(BaseModel):
    """One row that the network got wrong. place: in the run's table. row: in the dataset, from 0. truth, said: in the
    target's units, or indices of classes (OTHER for a class that no training row shows); said is None where it is not
    finite. size: the error, or minus the log of the probability that the truth was given, in nats.
    """

    model_config = ConfigDict(frozen=True)

    place: int
    row: int
    truth: float
    said: float | None
    size: float | None
    clamped: bool


class Inspection(BaseModel):
    """points: (truth, said, clamped) of a choice of test rows of a regression. classes, confusion: which classes stand
    in the matrix, and rows of the test set by truth (down) and prediction (across).
    """

    model_config = ConfigDict(frozen=True)

    task: Task
    rows: int = Field(description="Test rows.")
    clamped_rows: int = Field(description="Those with an input beyond its bounds.")
    clamped: Metrics = Field(description="Metrics on these rows; empty where there are none.")
    untouched: Metrics = Field(description="Metrics on the others; empty where there are none.")
    points: tuple[tuple[float, float | None, bool], ...] = ()
    classes: tuple[int, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    worst: tuple[Wrong, ...] = ()
