"""What a file holds."""

import typer

from clipviz import facade
from clipviz.cli.options import File, Json
from clipviz.terminal import inert, number, print_json, print_table


def profile(file: File, as_json: Json = False) -> None:
    """Read a file and tell what is known of its columns: types, missing values, tails."""
    found = facade.profile(file)
    if as_json:
        print_json(found)
        return
    dataset = found.dataset
    typer.echo(
        f"{dataset.name}: {dataset.rows:,} rows, {len(dataset.columns)} columns (dataset {dataset.id})"
    )
    names = ("minimum", "median", "maximum", "mean", "std", "kurtosis")
    print_table(
        ("column", "kind", "missing", "not finite", *names),
        (
            (
                column.name,
                column.kind,
                f"{column.missing:,}",
                f"{column.positive_infinite + column.negative_infinite:,}",
                *(
                    number(column.quantiles.get("0.5") if n == "median" else getattr(column, n))
                    for n in names
                ),
            )
            for column in found.columns
        ),
    )
    for row in found.rejected[:20]:
        typer.echo(f"line {row.line}: {inert(row.reason)}", err=True)
    if dataset.rejected:
        typer.echo(f"{dataset.rejected:,} rows could not be read.", err=True)
