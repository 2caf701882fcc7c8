"""More of a sweep."""

import sys
from typing import Annotated

import typer

from clipviz import steering
from clipviz.cli.options import EachFamily, Json, Margin, Metric, Vary
from clipviz.cli.swept import end
from clipviz.core.arguments import values
from clipviz.terminal import SweepLine


def extend(
    sweep: Annotated[str, typer.Argument(metavar="SWEEP", help="Id of a sweep.")],
    seeds: Annotated[int, typer.Option(min=0, max=1000, help="How many further ones.")] = 0,
    vary: Vary = None,
    each_family: EachFamily = False,
    metric: Metric = None,
    margin: Margin = None,
    as_json: Json = False,
) -> None:
    """Train more seeds, or more values of what varies, of a sweep; what has ended is kept and counts.

    Runs that were deleted are trained again. Seeds that are added after a look at the verdict weaken it: it says so.
    """
    swept = steering.extend(
        sweep,
        seeds=seeds,
        vary=dict(values(text) for text in vary or []),
        families_alone=each_family,
        metric=metric,
        margin=margin,
        tell=SweepLine(sys.stderr),
    )
    end(swept, as_json)
