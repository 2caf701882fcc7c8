"""Compare over seeds: from the recipe on the form to a sweep, with its count and time told before it starts."""

import json
import math
from typing import Any

import streamlit as st
from pydantic import ValidationError

from clipviz.core.arguments import values
from clipviz.core.clips import clips
from clipviz.core.discovery import discover
from clipviz.core.errors import ClipvizError
from clipviz.core.metric import METRICS
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.screening import Halving
from clipviz.core.sweep import Design, Vary
from clipviz.runs.check import PACKAGES
from clipviz.runs.sweeps import estimate, submit
from clipviz.ui import drafts, header, recipes, state, sweeps
from clipviz.ui.text import counted, escape, number, plain

FEWEST = 6
"""Seeds from which on an exact test of paired differences can reach 5 %."""

FAMILIES = {"inputs.default": "Input clamp", "activation": "Activation clip", "gradient": "Gradient clip"}


def button(recipe: Recipe, draft: drafts.Draft, disabled: bool) -> None:
    """A popover beside Start."""
    with st.popover("Compare over seeds", icon=":material/balance:", disabled=disabled):
        st.markdown("**Is it luck?** Trains this recipe and the same one without clips, over the same seeds.")
        seeds = st.number_input(
            "Seeds",
            value=10,
            min_value=2,
            max_value=200,
            step=1,
            key=draft.key("sweep.seeds"),
            help="Six is the least that can show anything, ten a good start, twenty for a headline claim.",
        )
        if int(seeds) < FEWEST:
            st.caption(
                f":material/warning: With fewer than {FEWEST} seeds the exact test cannot reach 5 %: "
                "no difference can be shown, however large."
            )
        fields = _fields(recipe)
        chosen = st.multiselect(
            "Vary too",
            list(fields),
            format_func=lambda path: fields[path][0],
            key=draft.key("sweep.paths"),
            placeholder="nothing else",
        )
        vary = [_values(path, *fields[path], draft) for path in chosen]
        vary += _another(draft)
        shape = _shape(recipe, vary, draft)
        metric = _metric(recipe, draft)
        halve = st.checkbox(
            "Successive halving",
            key=draft.key("sweep.halving"),
            help="After three seeds, and three times as many again, only the better third of the arms goes on, judged "
            "on validation rows; arms without clips stay. The verdict says who left early.",
        )
        try:
            rule = Halving.over(int(seeds), metric=metric) if halve else None
            over = range(int(seeds))
            design = Design(
                recipe=recipe, vary=tuple(vary), seeds=over, choosing=rule, metric=metric, **shape
            )
            planned = submit.preview(state.store(), state.settings(), design)
        except (ClipvizError, ValidationError) as error:
            header.problem(sweeps.told(error))
            return
        seconds = estimate.before(state.store(), state.settings(), design, len(planned.cells))
        time = (
            f", about {sweeps.in_words(seconds)}"
            if seconds
            else ", time known once the first runs have ended"
        )
        st.markdown(
            f"{counted(len(planned.variants), 'arm')} × {counted(int(seeds), 'seed')} = {'at most ' if rule else ''}"
            f"**{counted(len(planned.cells), 'run')}** in {counted(planned.programs, 'program')}{time}."
        )
        st.caption(escape(" · ".join(arm.name for arm in planned.variants[:12]), 400))
        if st.button("Start the comparison", type="primary", key="start_sweep", icon=":material/play_arrow:"):
            _start(design)


def _another(draft: drafts.Draft) -> list[Vary]:
    """A field of the recipe that the list does not offer, by its path; none where nothing is said."""
    said = st.text_input(
        "Any other field",
        key=draft.key("sweep.another"),
        placeholder="training.batch_size = 32, 64, 128",
        help="Its path in the recipe, as the recipe's JSON has it, and its values between commas.",
    )
    if not (said or "").strip():
        return []
    try:
        path, found = values(said)
        return [Vary(path=path, values=tuple(found))]
    except (ClipvizError, ValidationError) as error:
        header.problem(sweeps.told(error))
        return []


def _metric(recipe: Recipe, draft: drafts.Draft) -> str | None:
    """What the verdict is to be about, by name; None where there are no rows that could tell the task."""
    try:
        dataset = state.store().datasets.get(recipe.data.dataset)
        task = state.table(dataset, recipe).task
    except ClipvizError:
        return None  # the page says why; nothing can be started either
    titles = {name: f"test {each.title}" for name, each in METRICS.items() if each.task == task}
    return st.selectbox(
        "The verdict is about",
        list(titles),
        format_func=titles.__getitem__,
        key=draft.key(f"sweep.metric.{task}"),
        help="Named before anything is trained; a verdict in another metric is marked as exploratory later.",
    )


def _shape(recipe: Recipe, vary: list[Vary], draft: drafts.Draft) -> dict[str, Any]:
    """Which combinations are trained, and beside which arms."""
    shape: dict[str, Any] = {}
    combinations = math.prod(len(each.values) for each in vary)
    if len(vary) > 1:
        ways = {"all": "Every combination", "apart": "Each value by itself", "drawn": "Some, drawn at random"}
        way = st.radio("Combinations", list(ways), format_func=ways.__getitem__, key=draft.key("sweep.way"))
        shape["apart"] = way == "apart"
        if way == "drawn":
            shape["samples"] = int(
                st.number_input(
                    f"How many of the {number(combinations)}",
                    value=max(1, combinations // 2),
                    min_value=1,
                    max_value=max(1, combinations),
                    key=draft.key("sweep.samples"),
                )
            )
    shape["without_clip"] = st.checkbox(
        "With an arm without clips",
        value=True,
        key=draft.key("sweep.without"),
        help="Without it, the verdict says which clip is better, not whether clipping helps.",
    )
    if len(clips(recipe)) > 1 and shape["without_clip"]:
        shape["families_alone"] = st.checkbox(
            "Each family of clips by itself too",
            key=draft.key("sweep.families"),
            help="Input clamp, activation clip and gradient clip each alone beside all of them: which one does it?",
        )
    return shape


def _start(design: Design) -> None:
    try:
        name = recipes.in_words(design.recipe).rsplit(" · seed", 1)[0]
        sweep = submit.start(state.store(), state.settings(), design, name, state.me())
    except ClipvizError as error:
        header.problem(error)
    else:
        st.switch_page("../../pages/compare.py", query_params={"sweep": sweep.id})


def _fields(recipe: Recipe) -> dict[str, tuple[str, list[Any]]]:
    """What may vary, by path: its title and the values worth trying, as the chosen parts declare them."""
    found: dict[str, tuple[str, list[Any]]] = {}
    for place, title in FAMILIES.items():
        ids = list(discover(PACKAGES[place.split(".")[0]]))
        found[f"{place}.id"] = (f"{title}: which one", ids)
    places = {**FAMILIES, "optimiser": "Optimiser", "model": "Model", "schedule": "Schedule"}
    for place in ("optimiser", "schedule"):
        found[f"{place}.id"] = (f"{places[place]}: which one", list(discover(PACKAGES[place])))
    for place, title in places.items():
        choice = _choice(recipe, place)
        cls = discover(PACKAGES[place.split(".")[0]]).get(choice.id)
        for name, info in (cls.model_fields if cls else {}).items():
            extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
            worth = extra.get("sweep")
            if isinstance(worth, list) and worth:
                found[f"{place}.{name}"] = (f"{title}: {(info.title or name).lower()}", worth)
    return found


def _choice(recipe: Recipe, place: str) -> Choice:
    found: Any = recipe
    for name in place.split("."):
        found = getattr(found, name)
    choice: Choice = found
    return choice


def _values(path: str, title: str, worth: list[Any], draft: drafts.Draft) -> Vary:
    """The values of one field: ids are picked, numbers typed."""
    key = draft.key(f"sweep.{path}")
    if path.endswith(".id"):
        ids = st.multiselect(title, worth, default=worth[:3], key=key, format_func=plain)
        return Vary(path=path, values=tuple(ids or worth[:1]))
    text = st.text_input(title, value=", ".join(json.dumps(value) for value in worth), key=key)
    try:
        values = json.loads(f"[{text}]")
    except ValueError:
        st.error(f"{escape(title)}: values between commas, such as {number(0.1)}, 1.")
        values = worth
    return Vary(path=path, values=tuple(values or worth))
