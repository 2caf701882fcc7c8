"""Variants over seeds, and the verdict."""

import sys
from typing import Annotated

import typer

from clipviz import facade
from clipviz.arguments import assignment, values
from clipviz.cli.options import Device, Fields, File, Json, RecipeFile, Seeds, Target
from clipviz.terminal import SweepLine, inert, print_doses, print_json, print_verdict


def sweep(
    file: File,
    target: Target = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=A,B,C",
            help="Values of one field, e.g. gradient.max_norm=0.1,1,10. Without any, the recipe meets itself "
            "without its clips.",
        ),
    ] = None,
    seeds: Seeds = 10,
    samples: Annotated[
        int | None, typer.Option(min=1, help="So many combinations, drawn at random, instead of all.")
    ] = None,
    halving: Annotated[
        bool,
        typer.Option(
            "--halving",
            help="After the first seeds the worse arms get no more; the verdict says who left early.",
        ),
    ] = False,
    recipe: RecipeFile = None,
    set_: Fields = None,
    metric: Annotated[str | None, typer.Option(help="What the verdict is about, e.g. rmse.")] = None,
    margin: Annotated[
        float | None,
        typer.Option(min=0, help="Largest difference that does not matter, in the metric's unit."),
    ] = None,
    device: Device = None,
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
        halving=halving,
        device=device,
        name=name,
        metric=metric,
        margin=margin,
        tell=SweepLine(sys.stderr),
    )
    if as_json:
        print_json(swept)
    else:
        _show(swept)
    for reason in swept.reasons:
        typer.echo(inert(reason), err=True)
    if swept.verdict is None:
        raise typer.Exit(1)


def _show(swept: facade.Swept) -> None:
    counts = ", ".join(f"{count:,} {state}" for state, count in swept.states.items())
    typer.echo(f"sweep {swept.sweep}: {swept.runs:,} runs, {counts}")
    for each in swept.rounds:
        typer.echo(
            inert(f"{len(each.arms)} arms over {len(each.seeds)} seeds{f': {each.why}' if each.why else ''}")
        )
    if swept.verdict is None:
        typer.echo("No run has a result, so there is no verdict.")
    else:
        if swept.doses is not None:
            print_doses(swept.doses)
        if swept.dose:
            typer.echo(f"With {swept.dose}:")
        print_verdict(swept.verdict)
