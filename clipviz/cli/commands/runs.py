"""The team's runs."""

from typing import Annotated

import typer

from clipviz import facade
from clipviz.cli.options import Json
from clipviz.terminal import print_json, print_table


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
