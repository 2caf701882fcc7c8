"""What several commands take, with its words."""

from pathlib import Path
from typing import Annotated

import typer

from clipviz import facade

File = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV or Excel file, or the id of a dataset.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Target = Annotated[str | None, typer.Option(metavar="COL", help="The column to predict.")]
RecipeFile = Annotated[Path | None, typer.Option(metavar="R.json", help="A recipe; its dataset is replaced.")]
ReadingFile = Annotated[
    Path | None,
    typer.Option(
        "--reading",
        metavar="READING.json",
        help="How the file is read, as an archive of a model says. Its words for a missing value replace the usual "
        "ones: name these too.",
    ),
]
Fields = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="One field of the recipe, e.g. gradient.max_norm=0.5."),
]
Device = Annotated[
    facade.Device | None, typer.Option(help="Where to train; auto takes a GPU if there is one.")
]
Seeds = Annotated[int, typer.Option(min=1, max=1000, help="How many, the same for every arm.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="Id of a sweep, or of a run.")]
Vary = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATH=A,B,C",
        help="Values of one field, e.g. gradient.max_norm=0.1,1,10.",
    ),
]
EachFamily = Annotated[
    bool,
    typer.Option("--each-family", help="Also with the clips of one family alone: which of them does it?"),
]
Metric = Annotated[str | None, typer.Option(help="What the verdict is about, e.g. rmse.")]
Margin = Annotated[
    float | None,
    typer.Option(min=0, help="Largest difference that does not matter, in the metric's unit."),
]
