"""The command line: the same verbs as the dashboard, without a browser; one file a command in `commands`.

Answers go to standard output, everything else to standard error. Exit code 0: done; 1: the run failed or
was left to others; 2: the question was wrong, said in one sentence.
"""

import importlib
import pkgutil
from typing import Any

import typer
from typer.core import TyperGroup

from clipviz.cli import commands
from clipviz.core.errors import ClipvizError
from clipviz.terminal import inert


class _InWords(TyperGroup):
    """A broken rule is one sentence, never a traceback."""

    def invoke(self, context: Any) -> Any:
        try:
            return super().invoke(context)
        except ClipvizError as error:
            typer.echo(inert(str(error)), err=True)
            raise typer.Exit(2) from error


app = typer.Typer(
    cls=_InWords,
    help="Does clipping help on my data, which policy, by how much, and am I fooling myself?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _found in pkgutil.iter_modules(commands.__path__):
    app.command(_found.name)(
        getattr(importlib.import_module(f"{commands.__name__}.{_found.name}"), _found.name)
    )
