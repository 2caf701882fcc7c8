"""What the Clamp page knows of columns, kept by what it was asked: nothing is looked up or drawn twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from clipviz.analysis import clamping, tail_value
from clipviz.analysis.bootstrap import Uncertainty, uncertainty
from clipviz.analysis.clamping import Effect
from clipviz.analysis.column import TrainingColumn
from clipviz.core.bounds import Bounds
from clipviz.core.dataset import Dataset
from clipviz.core.profile import Histogram, Suggestion
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.table import Table
from clipviz.datasets import files
from clipviz.ui import state

SMALL_BINS = 30


@dataclass(frozen=True)
class Found:
    """One column under its policy: bounds, what they touch, and a small histogram."""

    name: str
    choice: Choice
    own: bool
    bounds: Bounds
    effect: Effect
    histogram: Histogram

    @property
    def touched(self) -> float:
        """Share of the finite training values that the clamp moves."""
        return (self.effect.below + self.effect.above) / max(1, self.effect.values)


def every(dataset: Dataset, recipe: Recipe, columns: Sequence[str]) -> list[Found]:
    """All columns, those whose clamp touches most first, else in the order of the table."""
    inputs, rows = recipe.inputs, f"{dataset.id} {_rows(recipe)}"
    known = []
    for name in columns:
        choice = inputs.policy_of(name).model_dump_json()
        known.append(_found(dataset, recipe, rows, name, choice, name in inputs.columns))
    return sorted(known, key=lambda each: -each.touched)


@st.cache_data(max_entries=4096, ttl=timedelta(hours=1), show_spinner="Looking at every column …")
def _found(_dataset: Dataset, _recipe: Recipe, rows: str, name: str, choice: str, own: bool) -> Found:
    column = state.column(_dataset, _recipe, name)
    policy = Choice.model_validate_json(choice)
    bounds = column.fit(policy)
    edges = column.central_range((bounds.lo, bounds.hi))[:: clamping.BINS // SMALL_BINS]
    return Found(name, policy, own, bounds, column.effect(bounds), column.histogram(edges))


def rows_touched(dataset: Dataset, recipe: Recipe, table: Table, found: Sequence[Found]) -> int:
    """How many training rows the clamps of all columns touch, each row counted once."""
    cut = tuple(sorted((each.name, each.bounds.lo, each.bounds.hi) for each in found))
    return _touched(table, f"{dataset.id} {_rows(recipe)}", cut)


@st.cache_data(max_entries=64, ttl=timedelta(hours=1), show_spinner=False)
def _touched(_table: Table, rows: str, cut: tuple[tuple[str, float, float], ...]) -> int:
    return clamping.rows_beyond(_table, {name: Bounds(lo, hi) for name, lo, hi in cut})


def uncertain(dataset: Dataset, recipe: Recipe, column: str) -> Uncertainty | None:
    """How far the bounds of a column may be off; see `bootstrap.uncertainty`."""
    choice = recipe.inputs.policy_of(column)
    return _uncertain(
        state.column(dataset, recipe, column), f"{dataset.id} {_rows(recipe)}", column, choice.model_dump_json()
    )  # fmt: skip


@st.cache_data(max_entries=512, ttl=timedelta(hours=1), show_spinner="Drawing the rows anew …")
def _uncertain(_column: TrainingColumn, rows: str, column: str, choice: str) -> Uncertainty | None:
    policy = Choice.model_validate_json(choice)
    return uncertainty(_column.ordered, policy, _column.fit(policy))


def tails(
    dataset: Dataset, recipe: Recipe, table: Table, column: str, bounds: Bounds
) -> tuple[tail_value.Stretches, tuple[tail_value.TailValue, ...]]:
    """The tail-value test of a column at some bounds; see `tail_value`."""
    known = state.column(dataset, recipe, column)
    return _tails(known, table, f"{dataset.id} {_rows(recipe)}", column, bounds.lo, bounds.hi)


@st.cache_data(max_entries=64, ttl=timedelta(hours=1), show_spinner="Looking beyond the bounds …")
def _tails(
    _column: TrainingColumn, _table: Table, rows: str, column: str, lo: float, hi: float
) -> tuple[tail_value.Stretches, tuple[tail_value.TailValue, ...]]:
    cut = tail_value.stretches(_column, _table.target[_table.train], Bounds(lo, hi))
    return cut, tail_value.tail_values(cut, _table.task == "classification")


@st.cache_resource(max_entries=16, show_spinner=False)
def suggestions(dataset_id: str) -> dict[str, Suggestion]:
    """What the shape of each column suggests, by name; nothing for those made of dates."""
    known = files.profiles(state.settings(), dataset_id)
    return {profile.name: profile.suggestion for profile in known if profile.suggestion is not None}


def _rows(recipe: Recipe) -> str:
    return f"{recipe.data!r} {recipe.split!r}"
