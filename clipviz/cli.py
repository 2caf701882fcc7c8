"""The command line: the same verbs as the dashboard, without a browser.

Answers go to standard output, everything else to standard error. Exit code 0: done; 1: the run failed or
was left to others; 2: the question was wrong, said in one sentence.
"""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from clipviz import facade, reruns
from clipviz.analysis import claimed
from clipviz.arguments import assignment, values
from clipviz.core.errors import ClipvizError
from clipviz.core.health import Health
from clipviz.core.run import State
from clipviz.progress_line import ProgressLine
from clipviz.terminal import (
    SweepLine,
    inert,
    number,
    print_claims,
    print_doses,
    print_health,
    print_json,
    print_rerun,
    print_table,
    print_verdict,
)


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
            typer.echo(inert(str(error)), err=True)
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
        print_json(found)
        return
    dataset = found.dataset
    typer.echo(
        f"{dataset.name}: {dataset.rows:,} rows, {len(dataset.columns)} columns (dataset {dataset.id})"
    )
    names = ("minimum", "median", "maximum", "mean", "std", "kurtosis")
    print_table(
        ("column", "kind", "missing", "not finite", *names),
        (
            (
                column.name,
                column.kind,
                f"{column.missing:,}",
                f"{column.positive_infinite + column.negative_infinite:,}",
                *(
                    number(column.quantiles.get("0.5") if n == "median" else getattr(column, n))
                    for n in names
                ),
            )
            for column in found.columns
        ),
    )
    for row in found.rejected[:20]:
        typer.echo(f"line {row.line}: {inert(row.reason)}", err=True)
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
        set=dict(assignment(text) for text in set_ or []),
        seed=seed,
        device=None if device is None else device.value,
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
    if outcome.reason:
        typer.echo(inert(outcome.reason), err=True)
    if outcome.state not in (State.FINISHED, State.STOPPED):
        raise typer.Exit(1)


@app.command()
def sweep(
    file: File,
    target: Annotated[str | None, typer.Option(metavar="COL", help="The column to predict.")] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=A,B,C",
            help="Values of one field, e.g. gradient.max_norm=0.1,1,10. Without any, the recipe meets itself "
            "without its clips.",
        ),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, max=1000, help="How many, the same for every arm.")] = 10,
    samples: Annotated[
        int | None, typer.Option(min=1, help="So many combinations, drawn at random, instead of all.")
    ] = None,
    recipe: Annotated[
        Path | None, typer.Option(metavar="R.json", help="A recipe; its dataset is replaced.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="One field of the recipe, the same in all runs."),
    ] = None,
    metric: Annotated[str | None, typer.Option(help="What the verdict is about, e.g. rmse.")] = None,
    margin: Annotated[
        float | None,
        typer.Option(min=0, help="Largest difference that does not matter, in the metric's unit."),
    ] = None,
    device: Annotated[
        Device | None, typer.Option(help="Where to train; auto takes a GPU if there is one.")
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the sweep, for people.")] = "",
    as_json: Json = False,
) -> None:
    """Train variants over the same seeds, and say whether their differences are real.

    Always beside an arm without the clips. Ctrl-C stops the sweep and keeps what has ended.
    """
    swept = facade.sweep(
        file,
        target=target,
        recipe=recipe,
        set=dict(assignment(text) for text in set_ or []),
        vary=dict(values(text) for text in vary or []),
        seeds=seeds,
        samples=samples,
        device=None if device is None else device.value,
        name=name,
        metric=metric,
        margin=margin,
        tell=SweepLine(sys.stderr),
    )
    if as_json:
        print_json(swept)
    else:
        _print_swept(swept)
    for reason in swept.reasons:
        typer.echo(inert(reason), err=True)
    if swept.verdict is None:
        raise typer.Exit(1)


@app.command()
def claims(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Which claim; see --list.")] = None,
    seeds: Annotated[int, typer.Option(min=1, max=1000, help="How many, the same for every arm.")] = 10,
    whole: Annotated[
        bool, typer.Option("--whole", help="Download the public data set where only a part is at hand.")
    ] = False,
    epochs: Annotated[
        int | None,
        typer.Option(min=1, help="Another length than the claim's own; then it is no rerun of it."),
    ] = None,
    device: Annotated[
        Device | None, typer.Option(help="Where to train; auto takes a GPU if there is one.")
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="List the claims, and what was last measured of each.")
    ] = False,
    table: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what was last measured as a markdown table.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Put a published claim about clipping to the test: the claimed numbers beside what is measured here."""
    if name is not None:
        ran = reruns.run(
            name,
            seeds,
            whole,
            epochs,
            device=None if device is None else device.value,
            tell=SweepLine(sys.stderr),
        )
        if as_json:
            print_json(ran)
        elif ran.measured is not None:
            print_rerun(ran.measured)
        for reason in ran.reasons:
            typer.echo(inert(reason), err=True)
        if ran.measured is None:
            raise typer.Exit(1)
    if name is None or listed or table is not None:
        found = reruns.entries()
        if table is not None:
            measured = [each.measured for each in found if each.measured is not None]
            table.write_text(claimed.table(measured), encoding="utf-8")
        elif as_json:
            print_json(found)
        else:
            print_claims([(each.claim, each.published or "no number", each.measured) for each in found])


@app.command()
def runs(
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20, as_json: Json = False
) -> None:
    """List the team's runs, newest first."""
    found = facade.runs(limit)
    if as_json:
        print_json(found)
        return
    print_table(
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
        print_json(found)
        return
    state = found.run
    typer.echo(f"{state.name} ({state.id}): {state.state}, step {state.step:,} of {state.steps:,}")
    if state.reason:
        typer.echo(inert(state.reason))
    for part, numbers in (state.result or {}).items():
        if part != "health":
            typer.echo(f"{part}: {json.dumps(numbers, ensure_ascii=False)}")
    if (state.result or {}).get("health"):
        print_health(Health.model_validate((state.result or {})["health"]))
    typer.echo("recipe:")
    typer.echo(found.recipe.model_dump_json(indent=2))
    for event in found.events:
        typer.echo(inert(event))


@app.command()
def policies(as_json: Json = False) -> None:
    """List every policy with its fields, their bounds and units."""
    found = facade.policies()
    if as_json:
        print_json(found)
        return
    for policy in found:
        typer.echo(f"{policy.family} {policy.id}: {policy.title}")
        typer.echo(f"    {policy.use} {policy.reference}")
        for field in policy.fields:
            unit = f" [{field.unit}]" if field.unit else ""
            limits = f", {field.bounds}" if field.bounds else ""
            typer.echo(f"    {field.name} = {field.default}{unit}{limits}: {field.description}")


def _print_swept(swept: facade.Swept) -> None:
    counts = ", ".join(f"{count:,} {state}" for state, count in swept.states.items())
    typer.echo(f"sweep {swept.sweep}: {swept.runs:,} runs, {counts}")
    if swept.verdict is None:
        typer.echo("No run has a result, so there is no verdict.")
    else:
        if swept.doses is not None:
            print_doses(swept.doses)
        if swept.dose:
            typer.echo(f"With {swept.dose}:")
        print_verdict(swept.verdict)
