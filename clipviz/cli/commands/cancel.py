"""Stopping for good."""

from clipviz import steering
from clipviz.cli.asked import print_asked
from clipviz.cli.options import Id, Json


def cancel(id: Id, as_json: Json = False) -> None:
    """Stop a sweep or a run for good: what has ended is kept, what trains keeps its best weights."""
    print_asked(steering.ask(id, "stop"), "asked to stop", as_json)
