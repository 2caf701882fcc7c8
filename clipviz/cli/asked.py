"""What the commands that steer say."""

import typer

from clipviz.steering import Asked
from clipviz.terminal import print_json


def print_asked(asked: Asked, words: str, as_json: bool) -> None:
    if as_json:
        print_json(asked)
    else:
        typer.echo(f"{asked.id}: {asked.runs:,} run{'' if asked.runs == 1 else 's'} {words}")
