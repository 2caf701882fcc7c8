"""A row as the model of a run takes it: the median of each number, the commonest level of everything else."""

import json
from collections.abc import Sequence
from pathlib import Path

from clipviz.core.profile import ColumnProfile
from clipviz.core.table import Feature

MOST = 40
"""Columns that an example spells out."""
LONGEST = 200
MIDNIGHT = " 00:00:00"

Example = dict[str, float | str | None]


def example_row(model: Path, profiles: Sequence[ColumnProfile]) -> Example:
    """By column, of those that the model of this file reads, the first 40; a date is written as 2020-12-31."""
    taken = _taken(model)
    known = [profile for profile in profiles if _is_read(profile, taken)]
    return {profile.name: _usual(profile) for profile in known[:MOST]}


def _taken(model: Path) -> set[str]:
    """The names of features, and that of the text; read without torch."""
    from safetensors import safe_open

    with safe_open(model, framework="np") as file:
        about = json.loads(file.metadata()["clipviz"])
    text = about["recipe"]["data"].get("text")
    features = map(Feature.read, about["features"])
    return {each.name for each in features if not each.token} | ({text["column"]} if text else set())


def _is_read(profile: ColumnProfile, taken: set[str]) -> bool:
    if profile.kind == "date":
        return any(name.startswith(f"{profile.name}: ") for name in taken)
    return profile.name in taken


def _usual(profile: ColumnProfile) -> float | str | None:
    if profile.kind in ("number", "integer") and "0.5" in profile.quantiles:
        median = profile.quantiles["0.5"]
        return round(median) if profile.kind == "integer" else float(f"{median:.6g}")
    level = next((level for level, _ in profile.levels), None)
    return None if level is None else level.removesuffix(MIDNIGHT)[:LONGEST]
