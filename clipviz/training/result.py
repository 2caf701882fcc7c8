"""What a run ends with."""

from torch import Tensor

from clipviz.core.recipe import Recipe
from clipviz.core.run import Result
from clipviz.core.table import Table
from clipviz.training import evaluation
from clipviz.training.assembly import Assembly
from clipviz.training.group_limits import group_limits
from clipviz.training.journal import Journal
from clipviz.training.progress import Progress
from clipviz.training.rows import Rows
from clipviz.training.stream import Streamed


def conclude(
    assembly: Assembly,
    table: Table,
    recipe: Recipe,
    progress: Progress,
    journal: Journal,
    test: Rows | Streamed,
    said: Tensor,
) -> Result:
    """Evaluates the network as it stands on every part of the split, on raw targets; said: what it says of `test`."""
    network, validation = assembly.network, assembly.validation
    of_validation = evaluation.outputs(network, validation)
    of_train = evaluation.outputs(network, assembly.train)
    result = Result(
        metrics=evaluation.metrics(network, said, test),
        validation=evaluation.metrics(network, of_validation, validation),
        train=evaluation.metrics(network, of_train, assembly.train),
        baseline=evaluation.baseline(table.task, table.target[table.train], test.raw, len(table.classes)),
        thresholds=network.thresholds(),
        bounds=network.front.bounds(),
        groups=group_limits(table, recipe.inputs),
        steps=progress.step,
        best_step=progress.stopping.best_step,
        seconds=progress.cost,
        clipped_share=None if recipe.gradient.id == "none" else journal.fired / max(progress.step, 1),
        skipped_steps=journal.skipped,
        left_out_steps=journal.left_out,
        non_finite_steps=journal.non_finite,
        notes=(*assembly.notes, *_remarks(progress, journal)),
        cautions=tuple(_ruled(assembly, of_validation)),
    )
    network.eval()
    return result


def _ruled(assembly: Assembly, said: Tensor) -> list[str]:
    """Whether a few far-out rows decide which weights are kept."""
    rows = assembly.validation
    found = evaluation.ruling(assembly.criterion, said, rows.goal)
    if found is None:
        return []
    count, share = found
    rows_make = "1 validation row makes" if count == 1 else f"{count:,} validation rows make"
    return [
        f"{rows_make} {share:.0%} of the validation loss of {len(rows):,}, by which the kept weights are chosen: "
        "the Huber loss counts far-out targets less."
    ]


def _remarks(progress: Progress, journal: Journal) -> list[str]:
    remarks = []
    if progress.stopping.fired:
        remarks.append(
            f"Stopped early at step {progress.step}: {', '.join(progress.stopping.fired.values())}"
        )
    if progress.step > 0 and progress.stopping.best_step == 0:
        remarks.append("No evaluation was better than the untrained network, which is what was kept")
    if journal.non_finite:
        remarks.append(f"{journal.non_finite} steps had a loss or gradient that is not finite")
    return remarks
