"""The command line: the same verbs as the dashboard, without a browser.

Answers go to standard output, everything else to standard error. Exit code 0: done; 1: the run failed or
was left to others; 2: the question was wrong, said in one sentence.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from typer.core import TyperGroup

from clipviz import facade
from clipviz.core.errors import ClipvizError, InvalidRecipe
from clipviz.core.run import State
from clipviz.progress_line import ProgressLine


class Device(StrEnum):
    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


class _InWords(TyperGroup):
    """A broken rule is one sentence, never a traceback."""

    def invoke(self, context: Any) -> Any:
        try:
            return super().invoke(context)
        except ClipvizError as error:
            typer.echo(_inert(str(error)), err=True)
            raise typer.Exit(2) from error


app = typer.Typer(
    cls=_InWords,
    help="Does clipping help on my data, which policy, by how much, and am I fooling myself?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV or Excel file, or the id of a dataset.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command()
def profile(file: File, as_json: Json = False) -> None:
    """Read a file and tell what is known of its columns: types, missing values, tails."""
    found = facade.profile(file)
    if as_json:
        _print_json(found)
        return
    dataset = found.dataset
    typer.echo(
        f"{dataset.name}: {dataset.rows:,} rows, {len(dataset.columns)} columns (dataset {dataset.id})"
    )
    names = ("minimum", "median", "maximum", "mean", "std", "kurtosis")
    _print_table(
        ("column", "kind", "missing", "not finite", *names),
        (
            (
                column.name,
                column.kind,
                f"{column.missing:,}",
                f"{column.positive_infinite + column.negative_infinite:,}",
                *(
                    _number(column.quantiles.get("0.5") if n == "median" else getattr(column, n))
                    for n in names
                ),
            )
            for column in found.columns
        ),
    )
    for row in found.rejected[:20]:
        typer.echo(f"line {row.line}: {_inert(row.reason)}", err=True)
    if dataset.rejected:
        typer.echo(f"{dataset.rejected:,} rows could not be read.", err=True)


@app.command()
def train(
    file: File,
    target: Annotated[str | None, typer.Option(metavar="COL", help="The column to predict.")] = None,
    recipe: Annotated[
        Path | None, typer.Option(metavar="R.json", help="A recipe; its dataset is replaced.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="PATH=VALUE", help="One field of the recipe, e.g. gradient.max_norm=0.5."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the weights and of the order of batches.")] = None,
    device: Annotated[
        Device | None, typer.Option(help="Where to train; auto takes a GPU if there is one.")
    ] = None,
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
        set=dict(_assignment(text) for text in set_ or []),
        seed=seed,
        device=None if device is None else device.value,
        name=name,
        watch=line,
    )
    line.end()
    if as_json:
        _print_json(outcome)
    else:
        typer.echo(
            f"run {outcome.run}: {outcome.state} after {outcome.steps:,} steps, {outcome.seconds:.1f} s"
        )
        _print_table(
            ("metric", "test", "best constant"),
            (
                (name, _number(value), _number(outcome.baseline.get(name)))
                for name, value in outcome.metrics.items()
            ),
        )
    if outcome.reason:
        typer.echo(_inert(outcome.reason), err=True)
    if outcome.state not in (State.FINISHED, State.STOPPED):
        raise typer.Exit(1)


@app.command()
def runs(
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20, as_json: Json = False
) -> None:
    """List the team's runs, newest first."""
    found = facade.runs(limit)
    if as_json:
        _print_json(found)
        return
    _print_table(
        ("run", "state", "step", "of", "by", "when", "name"),
        (
            (
                run.id,
                run.state,
                f"{run.step:,}",
                f"{run.steps:,}",
                run.created_by,
                f"{run.created_at:%Y-%m-%d %H:%M}",
                run.name,
            )
            for run in found
        ),
    )


@app.command()
def show(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Id of a run.")], as_json: Json = False
) -> None:
    """Show one run: its state, its result, its recipe and its event log."""
    found = facade.show(run)
    if as_json:
        _print_json(found)
        return
    state = found.run
    typer.echo(f"{state.name} ({state.id}): {state.state}, step {state.step:,} of {state.steps:,}")
    if state.reason:
        typer.echo(_inert(state.reason))
    for part, values in (state.result or {}).items():
        typer.echo(f"{part}: {json.dumps(values, ensure_ascii=False)}")
    typer.echo("recipe:")
    typer.echo(found.recipe.model_dump_json(indent=2))
    for event in found.events:
        typer.echo(_inert(event))


@app.command()
def policies(as_json: Json = False) -> None:
    """List every policy with its fields, their bounds and units."""
    found = facade.policies()
    if as_json:
        _print_json(found)
        return
    for policy in found:
        typer.echo(f"{policy.family} {policy.id}: {policy.title}")
        typer.echo(f"    {policy.use} {policy.reference}")
        for field in policy.fields:
            unit = f" [{field.unit}]" if field.unit else ""
            limits = f", {field.bounds}" if field.bounds else ""
            typer.echo(f"    {field.name} = {field.default}{unit}{limits}: {field.description}")


def _assignment(text: str) -> tuple[str, Any]:
    path, equals, value = text.partition("=")
    if not equals or not path:
        raise InvalidRecipe("--set takes PATH=VALUE", repr(text), "Write it like gradient.max_norm=0.5")
    try:
        return path, json.loads(value)
    except (ValueError, RecursionError):
        return path, value


def _print_json(answer: BaseModel | Sequence[BaseModel]) -> None:
    one = (
        answer.model_dump(mode="json")
        if isinstance(answer, BaseModel)
        else [a.model_dump(mode="json") for a in answer]
    )
    typer.echo(json.dumps(one, ensure_ascii=False, allow_nan=False))


def _print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    cells = [head, *([_inert(cell) for cell in row] for row in rows)]
    widths = [max(len(row[position]) for row in cells) for position in range(len(head))]
    for row in cells:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _inert(text: str) -> str:
    """Text of users without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.5g}"
