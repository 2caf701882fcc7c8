"""What the Clamp page knows of columns, kept by what it was asked: nothing is looked up or drawn twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import streamlit as st

from clipviz.analysis import clamping, column, normalising, suggesting, tail_value
from clipviz.analysis.clamping import Effect
from clipviz.analysis.column import TrainingColumn
from clipviz.analysis.normalising import Scaled
from clipviz.core.bounds import Bounds
from clipviz.core.dataset import NUMERIC, Dataset, Kind
from clipviz.core.profile import Histogram
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.table import Feature, Table
from clipviz.policies.group_bounds import GroupBounds
from clipviz.policies.uncertainty import Uncertainty, uncertainty
from clipviz.ui import state

SMALL_BINS = 30
SORTED = 64
"""Columns that are kept sorted: the masks of more would be made anew at every look."""


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


def every(
    dataset: Dataset, recipe: Recipe, suggested: Mapping[str, suggesting.Suggested | None]
) -> list[Found]:
    """All columns, those whose clamp touches most first, then those that most deserve a look, else in the order of the
    table."""
    inputs, rows = recipe.inputs, f"{dataset.id} {_rows(recipe)}"
    known = []
    for name in suggested:
        choice = inputs.policy_of(name).model_dump_json()
        known.append(_found(dataset, recipe, rows, name, choice, name in inputs.columns))
    return sorted(known, key=lambda each: (-each.touched, -suggesting.worth(suggested[each.name])))


@st.cache_data(max_entries=4096, ttl=timedelta(hours=1), show_spinner="Looking at every column …")
def _found(_dataset: Dataset, _recipe: Recipe, rows: str, name: str, choice: str, own: bool) -> Found:
    known = state.column(_dataset, _recipe, name)
    policy = Choice.model_validate_json(choice)
    bounds = known.fit(policy)
    edges = known.central_range((bounds.lo, bounds.hi))[:: clamping.BINS // SMALL_BINS]
    return Found(name, policy, own, bounds, known.effect(bounds), known.histogram(edges))


def rows_touched(dataset: Dataset, recipe: Recipe, table: Table, found: Sequence[Found]) -> int:
    """How many training rows the clamps of all columns touch, each row counted once."""
    cut = repr(sorted((each.name, each.bounds) for each in found))
    return _touched(dataset, recipe, table, f"{dataset.id} {_rows(recipe)}", cut, found)


@st.cache_data(max_entries=64, ttl=timedelta(hours=1), show_spinner=False)
def _touched(
    _dataset: Dataset, _recipe: Recipe, _table: Table, rows: str, cut: str, _found: Sequence[Found]
) -> int:
    if len(_found) > SORTED:
        return clamping.rows_beyond(_table, {each.name: each.bounds for each in _found})
    return column.rows_touched([(state.column(_dataset, _recipe, each.name), each.bounds) for each in _found])


def uncertain(dataset: Dataset, recipe: Recipe, name: str) -> Uncertainty | None:
    """How far the bounds of a column may be off; see `policies.uncertainty`."""
    choice = recipe.inputs.policy_of(name)
    return _uncertain(
        state.column(dataset, recipe, name), f"{dataset.id} {_rows(recipe)}", name, choice.model_dump_json()
    )  # fmt: skip


@st.cache_data(max_entries=512, ttl=timedelta(hours=1), show_spinner="Drawing the rows anew …")
def _uncertain(_column: TrainingColumn, rows: str, name: str, choice: str) -> Uncertainty | None:
    policy = Choice.model_validate_json(choice)
    found = uncertainty(_column.ordered, policy, _column.fit(policy))
    _column.let_go()
    return found


def groups(dataset: Dataset, recipe: Recipe, name: str, bounds: Bounds) -> tuple[GroupBounds, ...]:
    """What each group of a column got; see `policies.group_bounds`."""
    known, choice = state.column(dataset, recipe, name), recipe.inputs.policy_of(name)
    return _groups(known, f"{dataset.id} {_rows(recipe)}", name, choice.model_dump_json(), bounds)


@st.cache_data(max_entries=64, ttl=timedelta(hours=1), show_spinner="Drawing each group anew …")
def _groups(
    _column: TrainingColumn, rows: str, name: str, choice: str, _bounds: Bounds
) -> tuple[GroupBounds, ...]:
    return _column.by_group(Choice.model_validate_json(choice), _bounds)


def target(dataset: Dataset, recipe: Recipe, table: Table) -> TrainingColumn:
    """The target of the training rows as a column, sorted."""
    found: TrainingColumn = _target(table, f"{dataset.id} {_rows(recipe)}")
    return found


@st.cache_resource(max_entries=16, ttl=timedelta(hours=1), show_spinner="Sorting the target …")
def _target(_table: Table, rows: str) -> TrainingColumn:
    known = _table.ordered_target
    alone = replace(
        _table,
        features=(Feature(_table.target_name),),
        inputs=_table.target[:, None],
        ordered=() if known is None else (known,),
    )
    return TrainingColumn(alone, _table.target_name)


def suggested_target(dataset: Dataset, recipe: Recipe, table: Table) -> suggesting.Suggested | None:
    """What the shape of the training targets suggests; None where no rule applies."""
    name = table.target_name
    kind = next((column.kind for column in dataset.columns if column.name == name), None)
    if kind not in NUMERIC:
        return None
    return _suggested_target(target(dataset, recipe, table), f"{dataset.id} {_rows(recipe)}", name, kind)


@st.cache_data(max_entries=64, ttl=timedelta(hours=1), show_spinner=False)
def _suggested_target(
    _column: TrainingColumn, rows: str, name: str, kind: Kind
) -> suggesting.Suggested | None:
    return suggesting.suggested(_column, name, kind)


def uncertain_target(dataset: Dataset, recipe: Recipe, table: Table) -> Uncertainty | None:
    """How far the bounds of the target may be off."""
    choice = recipe.target_clamp.model_dump_json()
    return _uncertain(target(dataset, recipe, table), f"target {dataset.id} {_rows(recipe)}", "", choice)


def scaled(dataset: Dataset, recipe: Recipe, name: str) -> Scaled | None:
    """How a column reaches the network; see `normalising.scaled`."""
    choice = recipe.inputs.policy_of(name).model_dump_json()
    known, rows = state.column(dataset, recipe, name), f"{dataset.id} {_rows(recipe)}"
    return _scaled(known, rows, name, choice, recipe.inputs.normalisation.model_dump_json())


@st.cache_data(max_entries=512, ttl=timedelta(hours=1), show_spinner=False)
def _scaled(_column: TrainingColumn, rows: str, name: str, choice: str, normalisation: str) -> Scaled | None:
    bounds = _column.fit(Choice.model_validate_json(choice))
    return normalising.scaled(_column, bounds, Choice.model_validate_json(normalisation))


def tails(
    dataset: Dataset, recipe: Recipe, table: Table, name: str, bounds: Bounds
) -> tuple[tail_value.Stretches, tuple[tail_value.TailValue, ...]]:
    """The tail-value test of a column at some bounds; see `tail_value`."""
    known = state.column(dataset, recipe, name)
    classes = table.task == "classification"
    return _tails(known, f"{dataset.id} {_rows(recipe)}", name, repr(bounds), bounds, classes)


@st.cache_data(max_entries=64, ttl=timedelta(hours=1), show_spinner="Looking beyond the bounds …")
def _tails(
    _column: TrainingColumn, rows: str, name: str, cut: str, _bounds: Bounds, classes: bool
) -> tuple[tail_value.Stretches, tuple[tail_value.TailValue, ...]]:
    found = tail_value.stretches(_column, _bounds)
    return found, tail_value.tail_values(found, classes)


def suggestions(
    dataset: Dataset, recipe: Recipe, names: Sequence[str]
) -> dict[str, suggesting.Suggested | None]:
    """What the shape of each column's training rows suggests; None where no rule applies, as to parts of dates."""
    kinds = {column.name: column.kind for column in dataset.columns if column.kind in NUMERIC}
    rows = f"{dataset.id} {_rows(recipe)}"
    return {
        name: _suggested(dataset, recipe, rows, name, kinds[name]) if name in kinds else None
        for name in names
    }


@st.cache_data(max_entries=4096, ttl=timedelta(hours=1), show_spinner="Looking at every column …")
def _suggested(
    _dataset: Dataset, _recipe: Recipe, rows: str, name: str, kind: Kind
) -> suggesting.Suggested | None:
    return suggesting.suggested(state.column(_dataset, _recipe, name), name, kind)


def _rows(recipe: Recipe) -> str:
    return f"{recipe.data!r} {recipe.split!r}"
