"""Going on with what was paused."""

from clipviz import steering
from clipviz.cli.asked import print_asked
from clipviz.cli.options import Id, Json


def resume(id: Id, as_json: Json = False) -> None:
    """Go on with a sweep or a run that was paused; a runner trains it in the background."""
    print_asked(steering.ask(id, "run"), "asked to go on", as_json)
