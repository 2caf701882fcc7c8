"""Compare: did it help?"""

import streamlit as st

from clipviz.analysis.verdict import gather, unjudged
from clipviz.core.errors import NotFound
from clipviz.core.recipe import Recipe
from clipviz.core.run import Run
from clipviz.core.screening import Search
from clipviz.core.sweep import Standing, Sweep
from clipviz.ui import (
    cells,
    comparison,
    contamination,
    header,
    recommend,
    rounds,
    runs,
    spreadsheet,
    state,
    subsets,
    sweeps,
    tables,
    verdict_export,
    verdict_pictures,
    verdicts,
)
from clipviz.ui.text import escape, number


def chosen() -> list[Run]:
    """The runs of the link; those that are malformed, deleted or unknown are named, the others shown."""
    found = []
    for run_id in dict.fromkeys(filter(None, st.query_params.get("runs", "").split(","))):
        try:
            found.append(comparison.run(run_id))
        except NotFound as error:
            header.problem(error)
    return found


def team(picked: list[Run]) -> None:
    known = state.store().runs.list(limit=500)
    if not known:
        st.info("No runs yet. Start one on the Train page, and it appears here for the whole team.")
        st.page_link("../../pages/train.py", label="Go to Train", icon=":material/model_training:")
        return
    filtered = comparison.narrow(known)
    table = spreadsheet.table(
        comparison.table(filtered),
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        column_config=comparison.COLUMNS,
        key=f"runs:{tables.fingerprint(run.id for run in filtered)}",
        selection_default={
            "selection": {"rows": [i for i, run in enumerate(filtered) if run.id in {p.id for p in picked}]}
        },
        alt="Runs of the team",
    )
    ids = [filtered[row].id for row in table.selection.rows]
    hidden = [run.id for run in picked if run.id not in {each.id for each in filtered}]
    wanted = ",".join([*ids, *hidden])
    if wanted != ",".join(run.id for run in picked) and set(wanted.split(",")) != {run.id for run in picked}:
        if wanted:
            st.query_params["runs"] = wanted
        else:
            del st.query_params["runs"]
        st.rerun()


def side_by_side(picked: list[Run], recipes: dict[str, Recipe]) -> None:
    st.subheader("What differs between their recipes")
    differences = comparison.differences(picked, recipes)
    if differences.empty:
        st.write(
            "Nothing: these runs have the same recipe."
            if len(picked) > 1
            else "Pick a second run to see differences."
        )
    else:
        spreadsheet.table(differences, hide_index=True, alt="Fields in which the recipes differ")
    st.subheader("Final metrics on the raw test rows")
    spreadsheet.table(comparison.metrics(picked), hide_index=True, alt="Final metrics of the chosen runs")
    if comparison.mixed(picked, recipes):
        st.warning(
            "These runs do not share dataset, target and split, so their metrics are not comparable.",
            icon=":material/warning:",
        )
    elif len(picked) > 1:
        paired(picked, recipes)
    runs.live(picked)


def paired(picked: list[Run], recipes: dict[str, Recipe]) -> None:
    """The verdict on runs that differ by seed within their arms, where seeds pair up."""
    groups = comparison.arms(picked, recipes)
    known = gather.metrics(groups)
    if not known or not comparison.pairs(groups):
        st.caption(
            "One seed each tells little: a difference can be luck. On the Train page, **Compare over seeds** "
            "trains a recipe and its twin without clips over the same seeds."
        )
        return
    st.subheader("The verdict over the seeds that they share")
    metric, margin = verdicts.settings(known, "picked")
    verdict = verdicts.judged(groups, metric, margin)
    verdicts.answer(verdict)
    plan = verdict_export.Plan.of_arms(groups, recipes[picked[0].id])
    verdict_export.downloads(verdict, groups, "Picked runs", plan, "picked")
    verdict_pictures.show(verdict_pictures.pictures(verdict, groups), "picked")
    verdicts.numbers(verdict)


def swept(sweep: Sweep) -> None:
    st.session_state.dataset = sweep.dataset
    st.title(escape(sweep.name, 120))
    search = isinstance(sweep.design.choosing, Search)
    if search:
        recommend.about(sweep)
    else:
        sweeps.about(sweep)
    groups = sweeps.groups_of(sweep)
    standing = Standing.of(run for group in groups for run in group.runs.values())
    known = gather.metrics(groups, sweep.design.about)
    top = st.container(horizontal=True)
    with top:
        sweeps.controls(sweep, standing)
        recommend.hurried(sweep)
    over = standing.over and not sweep.choosing
    if not (over or standing.paused):
        sweeps.watch(sweep)
        return
    if standing.paused:
        sweeps.progress(standing, None)
    if not known:
        st.info(unjudged.why(groups))
        cells.cells(groups, None)
        return
    answer, settings = st.container(), st.container()
    with settings:
        metric, margin = verdicts.settings(known, sweep.id)
        alike = contamination.one_dose(groups, sweep.id)
    verdict = verdicts.judged(alike, metric, margin, sweep)
    with answer:
        if search:  # it was to be about the planned metric, whichever somebody looks at now
            planned = verdicts.judged(alike, known[0], None, sweep) if verdict.exploratory else verdict
            recommend.answer(sweep, planned)
        verdicts.answer(verdict, so_far=not over)
        sweeps.which_one(sweep, over)
        rounds.folded(sweep)
    with top:
        verdict_export.downloads(
            verdict, alike, sweep.name, verdict_export.Plan.of_sweep(sweep, groups), sweep.id
        )
    drawn = verdict_pictures.pictures(verdict, alike, None if search else sweep, groups)
    verdict_pictures.show(drawn, sweep.id)
    verdicts.numbers(verdict)
    subsets.shown(alike, metric, sweep.dataset, verdict.chosen, sweep.id)
    contamination.form(sweep, verdict.chosen)
    st.subheader("Every run")
    cells.cells(groups, metric)
    st.caption(verdicts.cost(groups))


given = state.id_in_link("sweep")
if given:
    swept(state.store().sweeps.get(given))
    st.button(
        "All runs and sweeps",
        icon=":material/arrow_back:",
        key="all_runs",
        on_click=st.query_params.clear,  # a link to the page that is open keeps its address
    )
else:
    st.title("Did it help?")
    picked = chosen()
    if picked:
        st.write(
            ("One run: " if len(picked) == 1 else f"{number(len(picked))} runs side by side: ")
            + " · ".join(f"**{escape(run.name, 40)}**" for run in picked[:20])
            + "."
        )
    else:
        st.write(
            "Open a sweep for its verdict, or pick runs in the table to lay their curves over each other. The "
            "address bar becomes a link to the view."
        )
        recommend.offer()
        sweeps.listed()
    team(picked)
    if picked:
        side_by_side(picked, comparison.recipes(picked))
