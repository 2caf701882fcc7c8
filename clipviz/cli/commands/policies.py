"""The policies, and what each takes."""

import typer

from clipviz import facade
from clipviz.cli.options import Json
from clipviz.terminal import print_fields, print_json


def policies(as_json: Json = False) -> None:
    """List every policy with its fields, their bounds and units."""
    found = facade.policies()
    if as_json:
        print_json(found)
        return
    for policy in found:
        typer.echo(f"{policy.family} {policy.id}: {policy.title}")
        typer.echo(f"    {policy.use} {policy.reference}")
        print_fields(policy.fields)
