"""Which policy for this data?"""

import sys
from typing import Annotated

import typer

from clipviz import recommending
from clipviz.cli.options import Device, Fields, File, Json, ReadingFile, RecipeFile, Target
from clipviz.core.arguments import assignment
from clipviz.terminal import SweepLine, inert, print_json, print_table, print_verdict, sentence


def recommend(
    file: File,
    target: Target = None,
    minutes: Annotated[float, typer.Option(min=0.2, max=10_000, help="The budget of time.")] = 5.0,
    recipe: RecipeFile = None,
    reading: ReadingFile = None,
    set_: Fields = None,
    metric: Annotated[str | None, typer.Option(help="What decides, e.g. rmse.")] = None,
    device: Device = None,
    name: Annotated[str, typer.Option(help="Name of the search, for people.")] = "",
    as_json: Json = False,
) -> None:
    """Search the whole catalogue for the policy that suits the data, or say that none beats no clipping.

    The seeds go where the ranking is unsure; the leader is confirmed on fresh ones. Ctrl-C keeps what has ended.
    """
    found = recommending.recommend(
        file,
        target=target,
        minutes=minutes,
        recipe=recipe,
        reading=reading,
        set=dict(assignment(text) for text in set_ or []),
        device=device,
        name=name,
        metric=metric,
        tell=SweepLine(sys.stderr),
    )
    if as_json:
        print_json(found)
    else:
        _show(found)
    for note in found.notes:
        typer.echo(sentence(note), err=True)
    for reason in found.reasons:
        typer.echo(inert(reason), err=True)
    if found.verdict is None:
        raise typer.Exit(1)


def _show(found: recommending.Recommended) -> None:
    typer.echo(f"search {found.sweep}")
    print_table(
        ("round", "arms", "seeds", "left", "why"),
        (
            (each.stage, str(len(each.arms)), str(len(each.seeds)), str(len(each.left)), each.why)
            for each in found.rounds
        ),
    )
    if found.verdict is not None:
        print_verdict(found.verdict)
    else:
        typer.echo(inert(found.unjudged))
    typer.echo(inert(found.recommendation.sentence))
    if found.recommendation.skipped:
        typer.echo(inert(f"Not tried, for lack of time: {'; '.join(found.recommendation.skipped)}."))
    typer.echo("recipe to train:")
    typer.echo(found.recommendation.recipe.model_dump_json(indent=2))
