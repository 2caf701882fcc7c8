"""Variants over seeds, and the verdict."""

import sys
from typing import Annotated

import typer

from clipviz import facade
from clipviz.cli.options import (
    Device,
    EachFamily,
    Fields,
    File,
    Json,
    Margin,
    Metric,
    ReadingFile,
    RecipeFile,
    Seeds,
    Target,
    Vary,
)
from clipviz.cli.swept import end
from clipviz.core.arguments import assignment, values
from clipviz.terminal import SweepLine


def sweep(
    file: File,
    target: Target = None,
    vary: Vary = None,
    seeds: Seeds = 10,
    samples: Annotated[
        int | None, typer.Option(min=1, help="So many combinations, drawn at random, instead of all.")
    ] = None,
    apart: Annotated[
        bool, typer.Option("--apart", help="Each value by itself, instead of every combination.")
    ] = False,
    each_family: EachFamily = False,
    halving: Annotated[
        bool,
        typer.Option(
            "--halving",
            help="After the first seeds the worse arms get no more; the verdict says who left early.",
        ),
    ] = False,
    recipe: RecipeFile = None,
    reading: ReadingFile = None,
    set_: Fields = None,
    metric: Metric = None,
    margin: Margin = None,
    device: Device = None,
    name: Annotated[str, typer.Option(help="Name of the sweep, for people.")] = "",
    as_json: Json = False,
) -> None:
    """Train variants over the same seeds, and say whether their differences are real.

    Always beside an arm without the clips; without --vary the recipe meets itself without them. Ctrl-C stops the
    sweep and keeps what has ended; `extend` goes on with it.
    """
    swept = facade.sweep(
        file,
        target=target,
        recipe=recipe,
        reading=reading,
        set=dict(assignment(text) for text in set_ or []),
        vary=dict(values(text) for text in vary or []),
        seeds=seeds,
        samples=samples,
        apart=apart,
        families_alone=each_family,
        halving=halving,
        device=device,
        name=name,
        metric=metric,
        margin=margin,
        tell=SweepLine(sys.stderr),
    )
    end(swept, as_json)
