"""How much dirt does it stand? Outliers in growing number or size: the sweep that trains it, and its curve."""

import json
from typing import Any

import streamlit as st

from clipviz.analysis.verdict import doses
from clipviz.analysis.verdict.gather import Group
from clipviz.core.errors import ClipvizError
from clipviz.core.screening import Search
from clipviz.core.sweep import Design, Sweep, Variant, Vary
from clipviz.runs.sweeps import submit
from clipviz.ui import header, state
from clipviz.ui.text import counted

WHERE = {
    "training": "Training and validation inputs",
    "test": "Test inputs",
    "target": "Training and validation targets",
}
GROWS = {
    "rate": ("Share of dirty rows", "0, 0.01, 0.02, 0.05, 0.1, 0.2", 10.0),
    "size": ("Size, in standard deviations", "0, 3, 10, 30, 100", 0.05),
}


def one_dose(groups: list[Group], key: str) -> list[Group]:
    """The arms that share their rows: all of them, or those of the dose that somebody picks, the dirtiest at first."""
    found = doses.by_dose(groups)
    if len(found) == 1:
        return groups
    names = [doses.in_words(dirt) for dirt, _ in found]
    place = st.selectbox(
        "Verdict with",
        range(len(names)),
        index=len(names) - 1,
        format_func=names.__getitem__,
        key=f"dose:{key}",
        width=420,
    )
    return found[place][1]


def dirtiest(groups: list[Group]) -> list[Group]:
    return doses.by_dose(groups)[-1][1]


def form(sweep: Sweep, arm: str) -> None:
    """Starts the sweep of an arm, or of all, over doses; it is a sweep like any other."""
    variant = next((each for each in sweep.variants if each.name == arm and each.reference), None)
    if variant is None or variant.recipe.data.contamination.where != "none":
        return
    images = state.store().datasets.get(sweep.dataset, include_deleted=True).image is not None
    if images or variant.recipe.data.text is not None:
        return
    with st.expander("How much dirt does it stand?", icon=":material/science:"):
        st.markdown(
            "Puts outliers into the rows, more and more, and trains each policy with its reference on them."
        )
        left, right = st.columns(2)
        with left:
            where = st.selectbox(
                "Outliers in", list(WHERE), format_func=WHERE.__getitem__, key=f"where:{sweep.id}"
            )
            search = isinstance(sweep.design.choosing, Search)
            everyone = not (search or sweep.design.samples) and st.checkbox(
                "All arms of this sweep, not only the chosen one", key=f"everyone:{sweep.id}"
            )
        with right:
            grows = st.selectbox(
                "What grows", list(GROWS), format_func=lambda name: GROWS[name][0], key=f"grows:{sweep.id}"
            )
            title, usual, rest = GROWS[grows]
            said = st.text_input(title, value=usual, key=f"doses:{sweep.id}:{grows}")
        try:
            given = json.loads(f"[{said}]")
            if not all(isinstance(each, (int, float)) for each in given):
                raise ValueError(given)
            design = designed(sweep, None if everyone else variant, where, grows, given, rest)
            planned = submit.preview(state.store(), state.settings(), design)
        except ValueError:
            st.error("Doses are numbers between commas, such as 0, 0.05, 0.2.")
            return
        except ClipvizError as error:
            header.problem(error)
            return
        other = "10 standard deviations each" if grows == "rate" else "in 5 % of the rows"
        st.markdown(
            f"{counted(len(planned.variants), 'arm')} × {counted(len(design.seeds), 'seed')} = "
            f"**{counted(len(planned.cells), 'run')}**; outliers {other}."
        )
        if st.button("Train them", key=f"dirty:{sweep.id}", icon=":material/play_arrow:", type="primary"):
            started = submit.start(
                state.store(), state.settings(), design, f"{sweep.name}, with outliers", state.me()
            )
            st.query_params["sweep"] = started.id
            st.rerun()


def designed(
    sweep: Sweep, only: Variant | None, where: str, grows: str, values: list[float], rest: float
) -> Design:
    """A sweep's design with a dose that grows, over the seeds that judged its arms. only: one of them, with its
    reference; None for all of them.

    rest: what the other of rate and size is. Raises ValueError (pydantic's) and InvalidRecipe for impossible doses.
    """
    base = sweep.design.recipe if only is None else only.recipe
    fixed = "size" if grows == "rate" else "rate"
    recipe = base.replace("data.contamination.where", where).replace(f"data.contamination.{fixed}", rest)
    document = base.model_dump(mode="json")
    own = [
        each if only is None else Vary(path=each.path, values=(value,))
        for each in sweep.design.vary
        if only is None or (value := _at(document, each.path)) is not None
    ]
    seeds = sweep.rounds[-1].seeds if sweep.rounds else sweep.design.seeds
    dose = Vary(path=f"data.contamination.{grows}", values=tuple(dict.fromkeys(values)))
    return Design(recipe=recipe, vary=(*own, dose), seeds=seeds, without_clip=sweep.design.without_clip)


def _at(document: Any, path: str) -> Any:
    for name in path.split("."):
        document = document.get(name) if isinstance(document, dict) else None
    return document
