"""The training loop: steps, evaluations, reports, checkpoints; the numbers never depend on the clock."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import torch

from clipviz.core.errors import TrainingFailed
from clipviz.core.recipe import Recipe
from clipviz.core.run import Result, Sink, State, Stream
from clipviz.core.table import Table
from clipviz.training import checkpoint, histograms, machine
from clipviz.training.assembly import assemble
from clipviz.training.calibration import calibrate
from clipviz.training.device import current, one_stream, repeatable
from clipviz.training.ending import end
from clipviz.training.failures import in_words
from clipviz.training.graph import moving
from clipviz.training.memory import told_pieces
from clipviz.training.progress import Progress
from clipviz.training.report import Report
from clipviz.training.rows import check, check_varies


def train(
    recipe: Recipe,
    table: Table,
    sink: Sink,
    *,
    device: str,
    folder: Path,
    checkpoint_seconds: float = 5.0,
    flush_seconds: float = 0.2,
    threads: int = 1,
    resident_bytes: int | None = None,
    weights: Path | None = None,
) -> tuple[State, Result | None]:
    """Trains a recipe on a table, or goes on from the checkpoint in `folder`.

    Ends FINISHED (all epochs, or a rule of `recipe.stopping` held), STOPPED (the sink
    asked for "stop") or PAUSED ("pause": a checkpoint is written, there is no result). A finished or stopped
    run leaves its best weights behind the front in folder/model.safetensors, and its metrics in the result.
    On the CPU a run that was interrupted anywhere ends with the very bits of one that was not.

    device: "cpu" or "cuda" (see `device.choose`). threads: CPU threads of torch while this runs.
    weights: a safetensors file to start from (`pretrained.start_from`).
    resident_bytes: most that the rows may take in memory, None for a share of what is free (`memory.fits`);
    more is streamed from a file in `folder`, in the same batches to the same bits. Raises
    InvalidRecipe, and TrainingFailed: nothing to learn, not finite at the first step, diverged, out of
    memory, or a checkpoint of another recipe.
    """
    check(table)
    before = torch.get_num_threads()
    repeats = repeatable(recipe.training.deterministic and device != "cpu")
    with in_words(), torch.random.fork_rng(devices=current(device)), repeats, one_stream(device):
        torch.set_num_threads(threads)
        try:
            session = _Session(recipe, table, sink, device, folder, resident_bytes, weights)
            return session.run(checkpoint_seconds, flush_seconds)
        finally:
            torch.set_num_threads(before)


class _Session:
    def __init__(
        self,
        recipe: Recipe,
        table: Table,
        sink: Sink,
        device: str,
        folder: Path,
        resident_bytes: int | None,
        weights: Path | None,
    ) -> None:
        self.recipe, self.table, self.folder = recipe, table, folder
        self._unwritten = False
        self._pieces = recipe.training.accumulation
        self.assembly = assemble(recipe, table, device, folder, resident_bytes, weights)
        check_varies(self.assembly.train)
        self.progress = Progress(self.assembly, recipe, device)
        self.report = Report(self.assembly.step.series, sink, device)
        self.meter = machine.Meter(device)
        series: dict[Stream, Sequence[str]] = {
            "step": self.assembly.step.series,
            "evaluation": self.assembly.evaluations,
            "sampled": ("noise_scale", *machine.NAMES),
            "histogram": histograms.names(self.assembly.network, self.assembly.flat),
        }
        sink.begin(self.progress.total, device, series)
        if self.assembly.precision:
            self._say(self.assembly.precision)
        if self.assembly.spill is not None:
            self.report.say(
                self.progress.step,
                "info",
                f"streams {table.inputs.shape[0]:,} rows from disk: more than fits into free memory",
            )

    def _say(self, text: str) -> None:
        self.report.say(self.progress.step, "info", text)

    def _say_pieces(self) -> None:
        pieces = self.assembly.step.backward.pieces
        if pieces == self._pieces:
            return
        step, batch = self.progress.step, self.recipe.training.batch_size
        self.report.say(step, "warning", told_pieces(step, pieces, batch))
        self._pieces = pieces

    def run(self, checkpoint_seconds: float, flush_seconds: float) -> tuple[State, Result | None]:
        progress, report = self.progress, self.report
        self._begin()
        move = moving(self.assembly.step, report.ring, self.recipe.training.graph, self._say)
        report.start(progress.step + 1, checkpoint_seconds, flush_seconds)
        state = State.FINISHED
        try:
            while not progress.over:
                progress.advance(move)
                if progress.due:
                    self._evaluate()
                if not report.is_time:
                    continue
                self._say_pieces()
                wish = report.flush()
                kept = (wish == "pause" or report.checkpoint_is_time) and self._checkpoint()
                if wish == "pause" and kept:
                    return State.PAUSED, None
                if wish == "stop":
                    state = State.STOPPED
                    break
            return state, self._end(state)
        except (TrainingFailed, MemoryError, RuntimeError):
            with suppress(
                TrainingFailed, MemoryError, RuntimeError
            ):  # the device may be gone: then nothing comes
                report.flush(wait=True)
            raise
        finally:
            report.say_events()

    def _begin(self) -> None:
        saved, damage = checkpoint.look(self.folder)
        if damage:
            self.report.say(0, "warning", f"its checkpoint cannot be read ({damage}): it begins anew")
        if saved is not None:
            self.progress.restore(saved, self.report.journal)
            self._pieces = self.assembly.step.backward.pieces
            self.meter.start(self.progress.step)
            self.report.say(
                self.progress.step, "info", f"continues from the checkpoint at step {self.progress.step}"
            )
            return
        if self.recipe.training.batch_size > len(self.assembly.train):
            rows = f"all {len(self.assembly.train):,} training rows"
            self.report.say(0, "info", f"a batch is larger than the data: every step sees {rows}")
        for sentence in calibrate(self.assembly, self.progress.first_batch()):
            self.report.say(0, "info", sentence)
        self._evaluate()

    def _evaluate(self) -> None:
        progress, report = self.progress, self.report
        costs = self.meter.read(progress.step)
        report.measured("evaluation", progress.step, progress.evaluate())
        if progress.sampled is not None:
            report.measured("sampled", progress.step, [progress.sampled.noise_scale, *costs])
            if progress.sampled.histogram is not None:
                report.measured("histogram", progress.step, progress.sampled.histogram)
        self.meter.start(progress.step)
        if progress.improved:
            report.better(progress.step, progress.stopping.best_loss)

    def _checkpoint(self) -> bool:
        """Whether a checkpoint could be written; where it could not (a full disk) training goes on and says
        so.
        """
        report = self.report
        report.flush(wait=True)
        report.checkpointed()
        try:
            self.progress.save(self.folder, report.journal)
        except OSError as error:
            self._say_unwritten(error)
            return False
        self._unwritten = False
        return True

    def _say_unwritten(self, error: OSError) -> None:
        if not self._unwritten:
            step, reason = self.progress.step, error.strerror or str(error)
            text = f"step {step}: no checkpoint could be written ({reason}); the last one stays, and a pause waits"
            self.report.say(step, "warning", f"{text}. Free some space")
        self._unwritten = True

    def _end(self, state: State) -> Result:
        progress, report = self.progress, self.report
        if progress.last_evaluation < progress.step:
            self._evaluate()
        self._say_pieces()
        report.flush(wait=True)
        return end(state, self.assembly, self.table, self.recipe, progress, report, self.folder)
