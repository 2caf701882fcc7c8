"""Waiting with what trains."""

from clipviz import steering
from clipviz.cli.asked import print_asked
from clipviz.cli.options import Id, Json


def pause(id: Id, as_json: Json = False) -> None:
    """Pause a sweep or a run: what trains writes a checkpoint and waits for `resume`."""
    print_asked(steering.ask(id, "pause"), "asked to pause", as_json)
