"""One run."""

import json
from typing import Annotated

import typer

from clipviz import facade
from clipviz.cli.options import Json
from clipviz.core.health import Health
from clipviz.terminal import inert, print_health, print_json


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
