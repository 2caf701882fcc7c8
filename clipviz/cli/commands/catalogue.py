"""Everything that can be chosen."""

from typing import Annotated

import typer

from clipviz import facade
from clipviz.cli.options import Json
from clipviz.terminal import print_fields, print_json, print_table


def catalogue(
    family: Annotated[
        str | None, typer.Argument(metavar="FAMILY", help="Only this one, with the fields of its members.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List what can be chosen: clips, models, losses, optimisers, schedules, stopping rules, file formats, ..."""
    found = facade.catalogue(family)
    if as_json:
        print_json(found)
    elif family is None:
        print_table(("family", "id", "what it is"), ((one.family, one.id, one.title) for one in found))
    else:
        for one in found:
            typer.echo(f"{one.id}: {one.title}")
            if one.description:
                typer.echo(f"    {one.description.splitlines()[0]}")
            print_fields(one.fields)
