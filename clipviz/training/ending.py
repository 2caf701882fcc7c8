"""What a run leaves behind."""

from pathlib import Path

from clipviz.core.away import MODEL as MODEL
from clipviz.core.errors import TrainingFailed
from clipviz.core.inspection import FILE
from clipviz.core.recipe import Recipe
from clipviz.core.run import Result, State
from clipviz.core.table import Table
from clipviz.training import evaluation, network
from clipviz.training.assembly import Assembly
from clipviz.training.files import write
from clipviz.training.inspecting import inspect
from clipviz.training.progress import Progress
from clipviz.training.report import Report
from clipviz.training.result import conclude
from clipviz.training.rows import prepare


def end(
    state: State,
    assembly: Assembly,
    table: Table,
    recipe: Recipe,
    progress: Progress,
    report: Report,
    folder: Path,
) -> Result:
    """Puts the best weights back, measures them, and saves the network and its look at the test
    rows; the report must have read every step.

    Raises TrainingFailed where the disk is full.
    """
    progress.keep_best()
    trained, device = assembly.network, str(assembly.flat.weights.device)
    test = prepare(trained, table, table.test, device, assembly.spill)
    said = evaluation.outputs(trained, test)
    result = conclude(assembly, table, recipe, progress, report.journal, test, said)
    try:
        network.save(trained, table, folder / MODEL)
        write(folder / FILE, inspect(trained, table, said).model_dump_json().encode())
    except OSError as error:
        raise TrainingFailed(
            "The trained model must fit on the disk",
            error.strerror or str(error),
            "Free some space, train again",
        ) from error
    if recipe.gradient.id != "none":
        report.say(progress.step, "info", report.journal.clipping(progress.step))
    report.say(progress.step, "rule" if progress.by_rule(state) else "stop", progress.ending(state))
    return result
