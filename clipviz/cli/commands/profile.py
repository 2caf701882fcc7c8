"""What a file holds."""

import typer

from clipviz import facade
from clipviz.cli.options import File, Json, ReadingFile
from clipviz.core.profile import ColumnProfile
from clipviz.runs.sweeps import titles
from clipviz.terminal import inert, number, print_json, print_table


def profile(file: File, reading: ReadingFile = None, as_json: Json = False) -> None:
    """Read a file and tell what is known of its columns: types, missing values, tails, and the clamp worth trying."""
    found = facade.profile(file, reading)
    if as_json:
        print_json(found)
        return
    dataset = found.dataset
    typer.echo(
        f"{dataset.name}: {dataset.rows:,} rows, {len(dataset.columns)} columns (dataset {dataset.id})"
    )
    names = ("minimum", "median", "maximum", "mean", "std", "kurtosis")
    print_table(
        ("column", "kind", "missing", "not finite", *names, "tail index"),
        (
            (
                column.name,
                column.kind,
                f"{column.missing:,}",
                f"{column.positive_infinite + column.negative_infinite:,}",
                *(
                    _written(column.quantiles.get("0.5") if n == "median" else getattr(column, n))
                    for n in names
                ),
                _tail(column),
            )
            for column in found.columns
        ),
    )
    for column in found.columns:
        if said := _worth_trying(column):
            typer.echo(inert(f"{column.name}: {said}"))
    for row in found.rejected[:20]:
        typer.echo(f"line {row.line}: {inert(row.reason)}", err=True)
    if dataset.rejected:
        typer.echo(f"{dataset.rejected:,} rows could not be read.", err=True)


def _written(value: float | None) -> str:
    """Five digits; all that stand before the point, where a person would write them."""
    return f"{value:,.0f}" if value is not None and 1e5 <= abs(value) < 1e15 else number(value)


def _tail(column: ColumnProfile) -> str:
    """Hill's index of the heavier side: below 4 extremes rule the spread, below 2 it has no meaning."""
    tails = column.tails
    known = [index for index in (tails.lower, tails.upper) if index is not None] if tails else []
    return number(min(known, default=None))


def _worth_trying(column: ColumnProfile) -> str:
    """The clamp that suits a column, and why; "" where nothing needs doing."""
    suggested = column.suggestion
    if suggested is None or (suggested.policy.id == "none" and not column.codes):
        return ""
    if column.codes:
        return f"{suggested.pattern} {suggested.reason}"
    clamp = titles.of_choice("inputs", suggested.policy)
    return f"{suggested.pattern}; worth trying: {clamp} ({suggested.reason})"
