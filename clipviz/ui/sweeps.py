"""Sweeps on a page: how far one is, what people do with it, and the team's list."""

import streamlit as st
from pydantic import ValidationError

from clipviz.analysis.verdict import gather
from clipviz.analysis.verdict.gather import Group
from clipviz.core import arguments
from clipviz.core.clips import clips
from clipviz.core.errors import ClipvizError, InvalidRecipe
from clipviz.core.run import Request, State
from clipviz.core.screening import Search
from clipviz.core.sweep import Standing, Sweep, Vary
from clipviz.runs.submit import ensure_runner
from clipviz.runs.sweeps import estimate, submit, titles
from clipviz.ui import cells, contamination, header, rounds, state, verdicts
from clipviz.ui.text import ago, counted, escape, number, people

EVERY = 2.0
"""Seconds between two looks at a sweep that trains."""


def about(sweep: Sweep) -> None:
    """What varies, who started it, when."""
    design = sweep.design
    varies = "; ".join(
        f"{titles.of_path(design.recipe, each.path)} over {_values(each)}" for each in design.vary
    )
    varies += ", each by itself" if design.apart else ""
    drawn = f", {number(design.samples)} combinations drawn at random" if design.samples else ""
    drawn += ", with successive halving" if design.choosing else ""
    st.caption(
        f"{escape(varies or 'the recipe against itself without its clips', 300)}{drawn}: "
        f"{counted(len(sweep.variants), 'arm')} × {counted(len(design.seeds), 'seed')} · started by "
        f"{people(sweep.created_by)} {ago(sweep.created_at)}"
    )


def _values(vary: Vary) -> str:
    """Numbers as they are, choices by their names, lists apart from each other."""
    lists = any(isinstance(value, list | tuple) for value in vary.values)
    return ("; " if lists else ", ").join(_value(value, vary.path) for value in vary.values)


def _value(value: object, path: str) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if value is None:
        return "all" if path == "data.features" else "none"
    return str(value["id"]) if isinstance(value, dict) and "id" in value else str(value)


def controls(sweep: Sweep, standing: Standing) -> None:
    """Pause, resume, cancel, extend, delete."""
    going = standing.states.get(State.RUNNING, 0) + standing.states.get(State.QUEUED, 0)
    if going:
        if st.button("Pause", icon=":material/pause:"):
            _ask(sweep, "pause")
    elif standing.paused and st.button("Resume", icon=":material/play_arrow:", type="primary"):
        _ask(sweep, "run")
    if (sweep.choosing or not standing.over) and st.button(
        "Cancel", icon=":material/stop:", help="Stops what trains and what waits; what has ended is kept."
    ):
        _ask(sweep, "stop")
    if not sweep.choosing:
        _extend(sweep)
    if (
        not going
        and not sweep.choosing
        and st.button("Delete", icon=":material/delete:", help="It can be restored.")
    ):
        state.store().sweeps.delete(sweep.id, state.me())
        st.rerun()


def watch(sweep: Sweep) -> None:
    """The part that lives: progress, the answer so far, the cells as they fill."""

    @st.fragment(run_every=EVERY)
    def live() -> None:
        ensure_runner(state.settings())  # it may die while somebody watches
        now = state.store().sweeps.get(sweep.id)
        runs = state.store().sweeps.runs(sweep.id)
        standing = Standing.of(runs)
        if (standing.over and not now.choosing) or standing.paused:
            st.rerun()
        progress(standing, estimate.left(runs))
        rounds.story(now)
        groups = gather.of_sweep(now, runs)
        known = gather.metrics(groups, now.design.about)
        if known and not isinstance(now.design.choosing, Search):  # a search answers by fresh seeds alone
            dirtiest = contamination.dirtiest(groups)
            verdicts.answer(verdicts.judged(dirtiest, known[0], None, now), so_far=True)
        cells.cells(groups, known[0] if known else None)

    live()


def progress(standing: Standing, left: float | None) -> None:
    rest = f", about {in_words(left)} left" if left else ""
    waits = ", paused" if standing.paused else ""
    st.progress(
        standing.ended / max(1, standing.runs),
        text=f"{number(standing.ended)} of {counted(standing.runs, 'run')} ended{waits}{rest}",
    )


def in_words(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def told(error: ClipvizError | ValidationError) -> ClipvizError:
    """What is wrong with a design, in the user's words."""
    if isinstance(error, ClipvizError):
        return error
    return InvalidRecipe(error.errors()[0]["msg"], None, "Change what varies")


def groups_of(sweep: Sweep) -> list[Group]:
    return gather.of_sweep(sweep, state.store().sweeps.runs(sweep.id))


def listed() -> None:
    """The team's sweeps, as links; nothing where there are none."""
    known = state.store().sweeps.list(limit=20)
    if not known:
        return
    with st.expander(f"Sweeps ({number(len(known))})", icon=":material/grid_on:", expanded=True):
        for sweep in known:
            standing = Standing.of(state.store().sweeps.runs(sweep.id))
            how_far = (
                "ended" if standing.over else f"{number(standing.ended)} of {number(standing.runs)} ended"
            )
            st.page_link(
                "../../pages/compare.py",
                label=f"{escape(sweep.name, 80)} ({how_far}, {people(sweep.created_by)}, {ago(sweep.created_at)})",
                query_params={"sweep": sweep.id},
            )


def _extend(sweep: Sweep) -> None:
    with st.popover("Extend", icon=":material/add:"):
        more = st.number_input(
            "Further seeds", value=10, min_value=0, max_value=500, step=1, key=f"more:{sweep.id}"
        )
        fixed = sweep.design.samples is not None or bool(sweep.rounds)
        vary = [] if fixed else _more_values(sweep)
        alone = _can_stand_alone(sweep) and st.checkbox(
            "Each family of clips by itself too",
            key=f"alone:{sweep.id}",
            help="Input clamp, activation clip and gradient clip each alone: which one does it?",
        )
        kept = "Fresh ones, for the arms that are left" if sweep.rounds else "The same seeds for every arm"
        st.caption(
            f"{kept}; what has ended is kept, what was deleted is trained again. Seeds that are added after a look at "
            "the verdict weaken it: it will say so."
        )
        if vary is None:
            return
        if st.button("Train them", key=f"extend:{sweep.id}", type="primary"):
            _extended(sweep, int(more), vary, alone)


def which_one(sweep: Sweep, over: bool) -> None:
    """One click from "clipping helps" to which of the recipe's clips does it."""
    if (
        over
        and _can_stand_alone(sweep)
        and st.button(
            "Which of the clips does it?",
            icon=":material/call_split:",
            key=f"which:{sweep.id}",
            help="Trains each family of clips by itself, over the same seeds, beside what is here.",
        )
    ):
        _extended(sweep, 0, [], True)


def _can_stand_alone(sweep: Sweep) -> bool:
    """Whether an arm has clips of several families, and its parts are not there yet."""
    design = sweep.design
    several = any(each.reference and len(clips(each.recipe)) > 1 for each in sweep.variants)
    return several and not design.families_alone and design.without_clip and design.choosing is None


def _more_values(sweep: Sweep) -> list[Vary] | None:
    """Further values of the fields that vary, as they are typed; None, and why, where they cannot be read."""
    found = []
    for each in sweep.design.vary:
        title = escape(titles.of_path(sweep.design.recipe, each.path), 80)
        said = st.text_input(f"Further values: {title}", key=f"values:{sweep.id}:{each.path}")
        if (said or "").strip():
            try:
                _, values = arguments.values(f"{each.path}={said}")
                found.append(Vary(path=each.path, values=tuple(values)))
            except (ClipvizError, ValidationError) as error:
                header.problem(told(error))
                return None
    return found


def _extended(sweep: Sweep, more: int, vary: list[Vary], alone: bool) -> None:
    first = max(sweep.seeds) + 1
    try:
        submit.extend(
            state.store(), state.settings(), sweep, state.me(), range(first, first + more), vary, alone
        )
    except (ClipvizError, ValidationError) as error:
        header.problem(told(error))
    else:
        st.rerun()


def _ask(sweep: Sweep, request: Request) -> None:
    try:
        submit.ask(state.store(), state.settings(), sweep.id, request, state.me())
    except ClipvizError as error:
        header.problem(error)
    else:
        st.rerun()
