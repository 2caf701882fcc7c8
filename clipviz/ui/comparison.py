"""Runs side by side: the table of all, and what differs between some."""

from typing import Any

import pandas as pd
import streamlit as st

from clipviz.analysis.verdict.gather import Group
from clipviz.core.errors import InvalidRecipe, NotFound
from clipviz.core.ids import is_id
from clipviz.core.recipe import Recipe
from clipviz.core.run import Run
from clipviz.runs.sweeps import titles
from clipviz.runs.sweeps.picked import grouped
from clipviz.ui import results, state, tables
from clipviz.ui.text import ago, number, plain

COLUMNS: dict[str, Any] = {
    "name": st.column_config.TextColumn(width=190),
    "progress": st.column_config.ProgressColumn(
        format="percent", min_value=0.0, max_value=1.0, width="small"
    ),
}


def run(run_id: str) -> Run:
    """A run by the id in a link; raises NotFound with words for a malformed one."""
    if not is_id(run_id):
        raise NotFound(
            "This link is malformed: ?runs= holds ids of sixteen characters 0-9 and a-f, separated by commas",
            repr(run_id[:40]),
            "Pick the runs in the table instead",
        )
    return state.store().runs.get(run_id)


def recipes(picked: list[Run]) -> dict[str, Recipe]:
    """The recipe of each run, by the run's id."""
    return {run.id: state.store().recipes.get(run.recipe).recipe for run in picked}


def arms(picked: list[Run], recipes: dict[str, Recipe]) -> list[Group]:
    """Picked runs as arms over seeds; none for recipes that this release cannot complete."""
    try:
        return [Group(variant, runs) for variant, runs in grouped(picked, recipes)]
    except InvalidRecipe:
        return []


def pairs(groups: list[Group]) -> bool:
    """Whether at least two seeds have ended in the reference and in another arm."""
    ended = [{seed for seed, run in group.runs.items() if run.result} for group in groups]
    return any(len(ended[0] & other) > 1 for other in ended[1:])


def narrow(known: list[Run]) -> list[Run]:
    """Filters by words in name, note or person, and by dataset."""
    left, right = st.columns([2, 1])
    with left:
        words = st.text_input(
            "Find runs",
            key="compare.words",
            placeholder="words in the name, the note or the person's name",
            type="search",
        )
    datasets = {each.id: each.name for each in state.store().datasets.list()}
    with right:
        dataset = st.selectbox(
            "Dataset",
            [None, *datasets],
            key="compare.dataset",
            format_func=lambda id: "all" if id is None else plain(datasets[id], 40),
        )
    found = [each for each in known if dataset is None or each.dataset == dataset]
    for word in (words or "").lower().split():
        found = [each for each in found if word in f"{each.name} {each.note} {each.created_by}".lower()]
    return found


def table(known: list[Run]) -> pd.DataFrame:
    lines = []
    for each in known:
        result = results.parsed(each) if each.result else None
        main = next((name for name in results.MAIN if result and name in result.metrics), None)
        value = result.metrics[main] if result and main else None
        lines.append(
            {
                "name": plain(each.name),
                "test metric": f"{results.TITLES[main]} {number(value)}" if main else "–",
                "state": each.state.value,
                "progress": None if each.state.final or not each.steps else each.step / each.steps,
                "steps": number(each.step),
                "clipped": "–"
                if not result or result.clipped_share is None
                else f"{result.clipped_share:.0%}",
                "by": plain(each.created_by or "–", 40),
                "when": ago(each.created_at),
                "note": plain(each.note, 120),
            }
        )
    return pd.DataFrame(lines)


def differences(picked: list[Run], recipes: dict[str, Recipe]) -> pd.DataFrame:
    """One line for each field that is not the same in all recipes, one column a run."""
    flat = {each.id: _flat(recipes[each.id].model_dump(mode="json")) for each in picked}
    paths = list(dict.fromkeys(path for fields in flat.values() for path in fields))
    values = [[path, *(plain(flat[each.id].get(path, "–"), 80) for each in picked)] for path in paths]
    differing = [
        [_title([recipes[each.id] for each in picked], path), *shown]
        for path, *shown in values
        if len(set(shown)) > 1
    ]
    heads = tables.unique(["field", *(each.name for each in picked)], 40)
    return pd.DataFrame(differing, columns=range(len(heads))).set_axis(heads, axis=1)


def _title(recipes: list[Recipe], path: str) -> str:
    """A field by its title in the first recipe that has it."""
    part, _, last = path.rpartition(".")
    holder = next((each for each in recipes if last in titles.fields_of(each, part)), recipes[0])
    return plain(titles.of_path(holder, path), 80)


def metrics(picked: list[Run]) -> pd.DataFrame:
    lines = []
    for each in picked:
        line: dict[str, Any] = {"run": plain(each.name), "state": each.state.value}
        if each.result:
            result = results.parsed(each)
            line |= {results.TITLES.get(name, name): number(value) for name, value in result.metrics.items()}
            main = next(name for name in results.MAIN if name in result.metrics)
            line["constant prediction"] = f"{results.TITLES[main]} {number(result.baseline.get(main))}"
            line["best step"] = number(result.best_step)
            line["steps clipped"] = "–" if result.clipped_share is None else f"{result.clipped_share:.1%}"
            line["seconds"] = number(result.seconds, 3)
        lines.append(line)
    return pd.DataFrame(lines).fillna("–")


def mixed(picked: list[Run], recipes: dict[str, Recipe]) -> bool:
    """True when the runs were not trained and tested on the same rows for the same target."""
    return (
        len(
            {
                (recipes[each.id].data.dataset, recipes[each.id].data.target, recipes[each.id].split)
                for each in picked
            }
        )
        > 1
    )


def _flat(value: Any, path: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        found: dict[str, str] = {}
        for key, part in value.items():
            found |= _flat(part, f"{path}.{key}" if path else str(key))
        return found
    return {path: str(value)}
