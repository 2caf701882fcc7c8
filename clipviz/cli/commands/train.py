"""One run, here and now."""

import sys
from typing import Annotated

import typer

from clipviz import facade
from clipviz.cli.options import Device, Fields, File, Json, ReadingFile, RecipeFile, Target
from clipviz.core.arguments import assignment
from clipviz.core.run import State
from clipviz.progress_line import ProgressLine
from clipviz.terminal import inert, number, print_json, print_table, sentence


def train(
    file: File,
    target: Target = None,
    recipe: RecipeFile = None,
    reading: ReadingFile = None,
    set_: Fields = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the weights and of the order of batches.")] = None,
    device: Device = None,
    name: Annotated[str, typer.Option(help="Name of the run, for people.")] = "",
    as_json: Json = False,
) -> None:
    """Train on a file here and now. The run is in the store: the dashboard shows it live.

    Ctrl-C stops the run and keeps its result.
    """
    line = ProgressLine(sys.stderr)
    outcome = facade.train(
        file,
        target=target,
        recipe=recipe,
        reading=reading,
        set=dict(assignment(text) for text in set_ or []),
        seed=seed,
        device=device,
        name=name,
        watch=line,
    )
    line.end()
    if as_json:
        print_json(outcome)
    else:
        typer.echo(
            f"run {outcome.run}: {outcome.state} after {outcome.steps:,} steps, {outcome.seconds:.1f} s"
        )
        print_table(
            ("metric", "test", "best constant"),
            (
                (name, number(value), number(outcome.baseline.get(name)))
                for name, value in outcome.metrics.items()
            ),
        )
    for finding in outcome.findings:
        if finding.weight != "note":
            typer.echo(inert(f"{finding.weight}: {finding.text} {finding.remedy}"), err=True)
    for note in outcome.notes:
        typer.echo(sentence(note), err=True)
    if outcome.reason:
        typer.echo(inert(outcome.reason), err=True)
    if outcome.state not in (State.FINISHED, State.STOPPED):
        raise typer.Exit(1)
