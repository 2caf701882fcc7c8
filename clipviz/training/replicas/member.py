"""One run in a program of many."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor

from clipviz.core.errors import ClipvizError
from clipviz.core.recipe import Recipe
from clipviz.core.run import Result, Sink, State, Stream
from clipviz.core.table import Table
from clipviz.training.assembly import Assembly
from clipviz.training.ending import end
from clipviz.training.progress import Progress
from clipviz.training.report import Report


class Ended(NamedTuple):
    """How a run ended: as `loop.train` says it, or the error that `loop.train` would have raised."""

    state: State
    result: Result | None = None
    error: ClipvizError | None = None


@dataclass(frozen=True)
class Share:
    """What one replica has of an optimiser, a clip or a step: its rows of all that these remember."""

    whole: Callable[[], dict[str, Tensor]]
    replica: int
    replicas: int
    series: tuple[str, ...] = ()
    row: Tensor | None = None
    backward: Any = None

    def state(self) -> dict[str, Tensor]:
        rows = slice(self.replica, self.replica + 1)
        return {
            name: held[rows] if len(held) == self.replicas else held for name, held in self.whole().items()
        }


class Member:
    """One run: its recipe, its network, whoever listens to it, and where it stands.

    name: of its folder, by which checkpoints know it. series: what it says of a step; its program may say more.
    """

    def __init__(
        self, recipe: Recipe, assembly: Assembly, table: Table, sink: Sink, folder: Path, device: str
    ) -> None:
        self.recipe, self.assembly, self.table = recipe, assembly, table
        self.sink, self.folder, self.name = sink, folder, folder.name
        self.loss = assembly.step.backward.loss
        self.series = assembly.step.series
        self.progress = Progress(assembly, recipe, device, samples=False)
        self.report = Report(self.series, sink, device, capacity=1)
        self._device = device

    def move_to(self, optimiser: Share, clipper: Share, step: Share) -> None:
        """Becomes a row of a program."""
        self.assembly.flat.find_running(self.assembly.network.body)
        moved: Any = {"optimiser": optimiser, "clipper": clipper, "step": step}
        self.assembly = replace(self.assembly, **moved)
        self.progress.move_to(self.assembly)

    def begin(self) -> None:
        """Tells the sink what will come."""
        series: dict[Stream, Any] = {
            "step": self.series,
            "evaluation": self.assembly.evaluations,
        }
        self.sink.begin(self.progress.total, self._device, series)

    def judged(self, values: list[float]) -> None:
        """Tells of an evaluation."""
        self.report.measured("evaluation", self.progress.step, values)
        if self.progress.improved:
            self.report.better(self.progress.step, self.progress.stopping.best_loss)

    def end(self, state: State) -> Ended:
        """Leaves result and model behind; its report has read every step."""
        try:
            result = end(
                state, self.assembly, self.table, self.recipe, self.progress, self.report, self.folder
            )
            self.report.say_events()
        except ClipvizError as error:
            return Ended(State.FAILED, None, error)
        return Ended(state, result)

    def fail(self, error: ClipvizError) -> Ended:
        self.report.say_events()
        return Ended(State.FAILED, None, error)
