"""What the commands that train a sweep say at its end."""

import typer

from clipviz.facade import Swept
from clipviz.terminal import inert, print_doses, print_json, print_verdict, sentence


def end(swept: Swept, as_json: bool) -> None:
    """Say how a sweep ended; exits 1 where there is no verdict."""
    if as_json:
        print_json(swept)
    else:
        _show(swept)
    for note in swept.notes:
        typer.echo(sentence(note), err=True)
    for reason in swept.reasons:
        typer.echo(inert(reason), err=True)
    if swept.verdict is None:
        raise typer.Exit(1)


def _show(swept: Swept) -> None:
    counts = ", ".join(f"{count:,} {state}" for state, count in swept.states.items())
    typer.echo(f"sweep {swept.sweep}: {swept.runs:,} runs, {counts}")
    for each in swept.rounds:
        why = f": {each.why}" if each.why else ""
        typer.echo(inert(f"{len(each.arms)} arms over {len(each.seeds)} seeds{why}"))
    if swept.verdict is None:
        typer.echo(inert(swept.unjudged))
        return
    if swept.doses is not None:
        print_doses(swept.doses)
    if swept.dose:
        typer.echo(f"With {swept.dose}:")
    print_verdict(swept.verdict)
