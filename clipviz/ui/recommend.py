"""Which policy for this data? One button with a budget of time, the search as it goes, and what it comes to."""

from collections import Counter

import streamlit as st

from clipviz.analysis.recommendation import FAMILIES, dropped, recommendation
from clipviz.analysis.verdict.verdict import Verdict
from clipviz.core.clips import kinds
from clipviz.core.errors import ClipvizError
from clipviz.core.recipe import Recipe
from clipviz.core.screening import Search
from clipviz.core.sweep import Design, Sweep
from clipviz.runs.sweeps import estimate
from clipviz.runs.sweeps.catalogue import OWN
from clipviz.runs.sweeps.recommend import arms, begin, hurry
from clipviz.ui import drafts, header, recipes, state, sweeps
from clipviz.ui.text import ago, counted, escape, people, plain

BUDGETS = (1, 5, 20)


def button(recipe: Recipe, key: str, disabled: bool = False) -> None:
    """A popover with the budget, and what would be tried; starts the search and opens it."""
    with st.popover("Which policy for this data?", icon=":material/travel_explore:", disabled=disabled):
        form(recipe, key)


def offer() -> None:
    """The same on a page that has no recipe: for a dataset of the team, with its draft."""
    known = {each.id: each for each in state.store().datasets.list()}
    if not known:
        return
    with st.container(border=True):
        st.markdown(
            "**Which policy for this data?** Tries as much of the catalogue as fits into the time, and says whether "
            "anything helps."
        )
        now = st.session_state.get("dataset")
        chosen = st.selectbox(
            "Dataset to search for",
            list(known),
            index=list(known).index(now) if now in known else 0,
            format_func=lambda id: plain(known[id].name, 60),
            key="recommend.dataset",
        )
        form(drafts.draft(known[chosen]).recipe, f"offer:{chosen}")


def form(recipe: Recipe, key: str) -> None:
    minutes = st.segmented_control(
        "Time",
        BUDGETS,
        default=5,
        required=True,
        format_func=lambda minutes: f"{minutes} min",
        key=f"minutes:{key}",
        help="More time tries more policies, over more seeds.",
    )
    try:
        tried = _tried(recipe.data.dataset, recipe.canonical())
    except ClipvizError as error:
        header.problem(error)
        return
    fitting = ", ".join(counted(tried[family], FAMILIES[family]) for family in FAMILIES if tried[family])
    run = estimate.before(state.store(), state.settings(), Design(recipe=recipe), state.settings().slots)
    pace = (
        f" A run by itself takes about {sweeps.in_words(run)}."
        if run
        else " The first runs tell what one takes."
    )
    st.caption(
        f"To predict **{escape(recipe.data.target, 60)}**: {fitting} fit, each tried beside no clip, "
        f"as are the clips chosen now.{pace} The seeds go "
        "where the ranking is unsure; the leader is then confirmed on fresh seeds and on test rows, so that luck is "
        "not sold as a result. Network and training are those of the Train page."
    )
    if st.button("Search", type="primary", icon=":material/play_arrow:", key=f"search:{key}"):
        _begin(recipe, float(minutes))


def about(sweep: Sweep) -> None:
    """What is searched, in what time, who started it."""
    rule = sweep.design.choosing
    budget = f" within about {sweeps.in_words(rule.seconds)}" if isinstance(rule, Search) else ""
    offered = sum(bool(variant.reference) for variant in sweep.variants)
    st.caption(
        f"{counted(offered, 'arm')} to try for {escape(sweep.design.recipe.data.target, 60)}{budget} · started by "
        f"{people(sweep.created_by)} {ago(sweep.created_at)}"
    )


def hurried(sweep: Sweep) -> None:
    """Ends the screen: the leader so far is confirmed at once."""
    searching = isinstance(sweep.design.choosing, Search) and sweep.choosing
    if (
        searching
        and sweep.rounds[-1].stage != "confirm"
        and st.button(
            "Answer now",
            icon=":material/bolt:",
            help="Ends the screen; the leader so far is confirmed on fresh seeds, which takes a little longer.",
        )
    ):
        try:
            hurry(state.store(), state.settings(), sweep, state.me())
        except ClipvizError as error:
            header.problem(error)
        else:
            st.rerun()


def answer(sweep: Sweep, verdict: Verdict) -> None:
    """The recommendation with the button that trains it."""
    found = recommendation(sweep, verdict)
    icon = ":material/verified:" if found.helps else ":material/balance:"
    st.markdown(f"#### {icon} {escape(found.sentence, 600)}")
    if found.settled and st.button(
        f"Train {'this' if found.helps else 'without clips'}",
        type="primary",
        icon=":material/model_training:",
        key=f"train:{sweep.id}",
    ):
        saved = state.store().recipes.add(found.recipe, recipes.in_words(found.recipe), state.me())
        st.switch_page("../../pages/train.py", query_params={"dataset": sweep.dataset, "recipe": saved.id})
    own = next((variant.recipe for variant in sweep.variants if variant.name == OWN), None)
    if found.settled and own is not None and (gone := dropped(own, found.recipe)):
        st.caption(
            f"To train it leaves out the {' and the '.join(gone)} of the recipe that the search began with."
        )
    if found.skipped:
        st.caption(
            f"{counted(len(found.skipped), 'policy', 'policies')} not tried, for lack of time: "
            f"{escape('; '.join(found.skipped), 1000)}."
        )


@st.cache_data(max_entries=64, show_spinner="Looking through the catalogue …")
def _tried(dataset: str, document: str) -> Counter[str]:
    found = arms(state.store(), state.settings(), Recipe.parse(document))
    return Counter(kinds(variant.recipe)[0] for variant in found if variant.reference and variant.name != OWN)


def _begin(recipe: Recipe, minutes: float) -> None:
    try:
        dataset = state.store().datasets.get(recipe.data.dataset)
        name = f"{plain(dataset.name, 60)}: which policy for {plain(recipe.data.target, 40)}?"
        sweep = begin(state.store(), state.settings(), recipe, 60 * minutes, name, state.me())
    except ClipvizError as error:
        header.problem(error)
    else:
        st.switch_page("../../pages/compare.py", query_params={"sweep": sweep.id})
