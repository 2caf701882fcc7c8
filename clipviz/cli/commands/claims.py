"""Published claims, put to the test."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from clipviz import reruns
from clipviz.analysis import claimed
from clipviz.cli.options import Device, Json, Seeds
from clipviz.terminal import SweepLine, inert, print_claims, print_json, print_rerun


def claims(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Which claim; see --list.")] = None,
    seeds: Seeds = 10,
    whole: Annotated[
        bool, typer.Option("--whole", help="Download the public data set where only a part is at hand.")
    ] = False,
    epochs: Annotated[
        int | None,
        typer.Option(min=1, help="Another length than the claim's own; then it is no rerun of it."),
    ] = None,
    device: Device = None,
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
            device=device,
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
