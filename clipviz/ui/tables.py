"""Tables as data frames: positions in them are positions in what they were made from."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from clipviz.analysis.association import Association, Sides
from clipviz.core.dataset import Dataset, RejectedRow
from clipviz.core.profile import ColumnProfile
from clipviz.core.settings import Settings
from clipviz.datasets import files
from clipviz.datasets.ingest import Preview
from clipviz.ui import forms
from clipviz.ui.text import ago, plain

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: dict[str, Any] = {
    "histogram": st.column_config.BarChartColumn("distribution", width=105),
    "missing": st.column_config.NumberColumn(format="localized"),
    "not finite": st.column_config.NumberColumn(
        format="localized", help="Infinite values; NaN counts as missing."
    ),
    **{name: st.column_config.NumberColumn(format="%.5g", width=115) for name in ("min", "median", "max")},
    "tail": st.column_config.NumberColumn(
        format="%.2g",
        help="Hill's tail index of the heavier side: below 4 extremes rule the spread, below 2 it has no meaning.",
    ),
    "worth trying": st.column_config.TextColumn(help="A clamp suggested by the shape of the column."),
}

IMAGES: dict[str, Any] = {"image": st.column_config.ImageColumn("image", width="small")}


def fingerprint(ids: Iterable[str]) -> str:
    """A short name for a list of ids: a table's selection must not survive another list."""
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:8]


def datasets(known: Sequence[Dataset]) -> "pd.DataFrame":
    return _frame(
        {
            "name": [plain(each.name) for each in known],
            "kind": [str(each.image) + " images" if each.image else "table" for each in known],
            "rows": [each.rows for each in known],
            "columns": [len(each.columns) for each in known],
            "not read": [each.rejected for each in known],
            "size (kB)": [round(each.bytes / 1000, 1) for each in known],
            "by": [plain(each.created_by or "–", 40) for each in known],
            "when": [ago(each.created_at) for each in known],
        }
    )


def columns(profiles: Sequence[ColumnProfile]) -> "pd.DataFrame":
    return _frame(
        {
            "column": [plain(each.name) for each in profiles],
            "type": [each.kind for each in profiles],
            "histogram": [_coarse(each.histogram.counts) if each.histogram else None for each in profiles],
            "missing": [each.missing for each in profiles],
            "not finite": [each.positive_infinite + each.negative_infinite for each in profiles],
            "distinct": [each.distinct for each in profiles],
            "min": [each.minimum for each in profiles],
            "median": [each.quantiles.get("0.5") for each in profiles],
            "max": [each.maximum for each in profiles],
            "tail": [_heavier(each) for each in profiles],
            "worth trying": [_suggested(each) for each in profiles],
        }
    )


def _heavier(profile: ColumnProfile) -> float | None:
    """The smaller of the two tail indices: the heavier tail."""
    tails = profile.tails
    return min((side for side in (tails.lower, tails.upper) if side), default=None) if tails else None


def _suggested(profile: ColumnProfile) -> str:
    if profile.suggestion is None:
        return ""
    policy = profile.suggestion.policy.id
    return profile.suggestion.pattern + ("" if policy == "none" else f": {forms.clamp_title(policy).lower()}")


def numbers(profile: ColumnProfile) -> "pd.DataFrame":
    """Quantiles and moments of one column, a number a line."""
    known: list[tuple[str, float | None]] = [("minimum", profile.minimum)]
    known += [(f"{100 * float(name):g} %", value) for name, value in profile.quantiles.items()]
    known += [("maximum", profile.maximum), ("mean", profile.mean), ("standard deviation", profile.std)]
    known += [("median distance from the median", profile.mad), ("skewness", profile.skewness)]
    known += [("excess kurtosis", profile.kurtosis)]
    if profile.tails is not None:
        known += [("tail index, lower", profile.tails.lower), ("tail index, upper", profile.tails.upper)]
    return _frame({"": [name for name, _ in known], "value": [value for _, value in known]})


def associations(found: Sequence[Association]) -> "pd.DataFrame":
    ranked = sorted(found, key=lambda each: -abs(each.value or 0.0))
    return _frame(
        {
            "column": [plain(each.column) for each in ranked],
            "strength": [each.value for each in ranked],
            "measure": [each.measure for each in ranked],
            "rows": [each.rows for each in ranked],
        }
    )


def sides(found: Sequence[Sides]) -> "pd.DataFrame":
    return _frame(
        {
            "column": [plain(each.column) for each in found],
            "median, training": [each.train_median for each in found],
            "median, test": [each.test_median for each in found],
            "missing, training": [each.train_missing for each in found],
            "missing, test": [each.test_missing for each in found],
            "distance": [each.distance for each in found],
            "test beyond training": [each.outside for each in found],
        }
    )


def _coarse(counts: Sequence[int], bars: int = 15) -> list[int]:
    """Counts in few bars, for a picture of the width of a word."""
    width = -(-len(counts) // bars)
    return [sum(counts[first : first + width]) for first in range(0, len(counts), width)]


def levels(profile: ColumnProfile) -> "pd.DataFrame":
    return _frame(
        {"value": [plain(value) for value, _ in profile.levels], "rows": [rows for _, rows in profile.levels]}
    )


def words(frequent: Sequence[tuple[str, int]]) -> "pd.DataFrame":
    return _frame({"word": [plain(word) for word, _ in frequent], "times": [count for _, count in frequent]})


def rejected(rows: Sequence[RejectedRow], limit: int = 1000) -> "pd.DataFrame":
    return _frame(
        {
            "line": [row.line for row in rows[:limit]],
            "column": [plain(row.column) for row in rows[:limit]],
            "reason": [plain(row.reason, 200) for row in rows[:limit]],
            "text": [plain(row.text, 300) for row in rows[:limit]],
        }
    )


def first_rows(settings: Settings, dataset: Dataset, count: int = 100) -> "pd.DataFrame":
    frame = days(files.frame(settings, dataset.id, rows=range(min(count, dataset.rows))))
    return frame.set_axis(unique(list(frame.columns)), axis=1)


def days(frame: "pd.DataFrame") -> "pd.DataFrame":
    """A frame whose dates without a time of day are shown without one."""
    shown, moments = frame.copy(deep=False), frame.select_dtypes("datetime")
    for name in moments:
        known = moments[name].dropna()
        if (known.dt.normalize() == known).all():
            shown[name] = moments[name].dt.date
    return shown


def preview(seen: Preview) -> "pd.DataFrame":
    frame = _frame(seen.rows, columns=[str(position) for position in range(len(seen.columns))])
    return frame.set_axis(unique([column.name for column in seen.columns]), axis=1)


def preview_images(seen: Preview) -> "pd.DataFrame":
    """One line an image: the picture, its label, its file."""
    cells = [[image, plain(label), plain(file)] for image, label, file in seen.rows]
    return _frame(cells, columns=["image", "label", "file"])


def unique(names: Sequence[str], limit: int = 60) -> list[str]:
    """Names as column heads: plain, cut, and told apart by their position where they would look the same."""
    shown = [plain(name, limit) for name in names]
    return [name if shown.count(name) == 1 else f"{name} ({index + 1})" for index, name in enumerate(shown)]


def _frame(values: Any, columns: Sequence[str] | None = None) -> "pd.DataFrame":
    import pandas as pd  # a fifth of a second: the first page of a new home shows no table

    return pd.DataFrame(values, columns=columns)
