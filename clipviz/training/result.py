"""What a run ends with."""

from clipviz.core.recipe import Recipe
from clipviz.core.run import Result
from clipviz.core.table import Table
from clipviz.training import evaluation
from clipviz.training.assembly import Assembly
from clipviz.training.group_limits import group_limits
from clipviz.training.journal import Journal
from clipviz.training.progress import Progress
from clipviz.training.rows import Rows, prepare
from clipviz.training.stream import Streamed


def conclude(
    assembly: Assembly, table: Table, recipe: Recipe, progress: Progress, journal: Journal
) -> Result:
    """Evaluates the network as it stands on every part of the split, on raw targets."""
    network = assembly.network
    device = str(assembly.flat.weights.device)
    test = prepare(network, table, table.test, device, assembly.spill)

    def measure(rows: Rows | Streamed) -> dict[str, float | None]:
        return evaluation.metrics(network, evaluation.outputs(network, rows), rows)

    result = Result(
        metrics=measure(test),
        validation=measure(assembly.validation),
        train=measure(assembly.train),
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
        notes=(*assembly.notes, *_remarks(progress, journal), *_ruled(assembly)),
    )
    network.eval()
    return result


def _ruled(assembly: Assembly) -> list[str]:
    """Whether a few far-out rows decide which weights are kept."""
    rows = assembly.validation
    found = evaluation.ruling(assembly.criterion, evaluation.outputs(assembly.network, rows), rows.goal)
    if found is None:
        return []
    count, share = found
    said = "1 validation row makes" if count == 1 else f"{count:,} validation rows make"
    return [
        f"{said} {share:.0%} of the validation loss of {len(rows):,}, by which the kept weights are chosen: the Huber "
        "loss counts far-out targets less"
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
