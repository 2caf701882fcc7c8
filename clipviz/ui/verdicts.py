"""A verdict on a page: the sentence, then the pictures and tables that it rests on."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from clipviz.analysis.verdict import gather
from clipviz.analysis.verdict.course import Course
from clipviz.analysis.verdict.gather import Group
from clipviz.analysis.verdict.screening import Screening
from clipviz.analysis.verdict.verdict import ArmSummary, Verdict, judge
from clipviz.core.metric import Metric
from clipviz.core.recipe import Recipe
from clipviz.core.sweep import Sweep
from clipviz.ui import spreadsheet, state
from clipviz.ui.text import counted, escape, number, plain

MOST = 300
"""Letters of an arm's name that a table holds."""
LONG = 66
"""Letters from which on a name gets a wider column, in which it takes fewer lines."""
LISTED = 3
"""Sentences about the other arms beyond which each has a line of its own."""
ICONS = {"better": ":material/trending_up:", "worse": ":material/trending_down:"}


def judged(
    groups: Sequence[Group], metric: Metric, margin: float | None, sweep: Sweep | None = None
) -> Verdict:
    """The verdict on what has ended, of a sweep or of runs that were picked; raises ClipvizError where arms cannot be
    compared."""
    runs = [run.id for group in groups for run in group.runs.values()]
    saturated = gather.saturation(state.store().telemetry.histories(runs, "step", newest_only=True))
    arms = gather.arms(groups, metric, _touched, saturated)
    screening = None if sweep is None else Screening.of(sweep)
    course = _picked(groups) if sweep is None else Course.of(sweep, groups)
    return judge(arms, metric, margin=margin or None, screening=screening, course=course)


def _picked(groups: Sequence[Group]) -> Course:
    """Of runs without a plan: about the usual metric."""
    return Course(planned=gather.metrics(groups)[0], picked=True)


@st.cache_data(max_entries=256, show_spinner=False)
def _share(document: str) -> float:
    recipe = Recipe.parse(document)
    dataset = state.store().datasets.get(recipe.data.dataset, include_deleted=True)
    return gather.rows_touched(state.table(dataset, recipe), recipe)


def _touched(recipe: Recipe) -> float | None:
    found: float = _share(recipe.model_copy(update={"seed": 0}).canonical())
    return found


def settings(metrics: Sequence[Metric], key: str) -> tuple[Metric, float | None]:
    """What the verdict is about, and the largest difference that does not matter. metrics: the planned one first."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        titles = {metric.name: f"test {metric.title} (exploratory)" for metric in metrics}
        titles[metrics[0].name] = f"test {metrics[0].title}"
        name = st.selectbox(
            "Metric", list(titles), format_func=titles.__getitem__, key=f"metric:{key}", width=220
        )
        chosen = next(metric for metric in metrics if metric.name == name)
        unit = f" ({chosen.unit})" if chosen.unit else ""
        margin = st.number_input(
            f"Margin that does not matter{unit}",
            value=None,
            min_value=0.0,
            format="%g",
            placeholder="none",
            key=f"margin:{key}",
            width=320,
            help="Set it before you look. Only with it can two arms be called equivalent.",
        )
    return chosen, margin


def answer(verdict: Verdict, so_far: bool = False) -> None:
    """The sentence, large; what to know about it below."""
    icon = ICONS.get(verdict.comparisons[verdict.headline].relation, ":material/balance:")
    begin = "So far: " if so_far else ""
    st.markdown(f"#### {icon} {begin}{escape(verdict.sentence, 3000)}")
    if len(verdict.context) > LISTED:
        st.markdown("\n".join(f"- {escape(said, 3000)}" for said in verdict.context))
    elif verdict.context:
        st.markdown(escape(" ".join(verdict.context), 3000))
    for warning in verdict.warnings:
        st.warning(escape(warning, 3000), icon=":material/warning:")
    for advice in verdict.advice:
        st.caption(escape(advice, 600))


def numbers(verdict: Verdict) -> None:
    """Each arm by itself, and every statistic of the comparisons."""
    st.subheader("Arms")
    spreadsheet.table(
        arms(verdict),
        hide_index=True,
        **names([arm.name for arm in verdict.arms], len(verdict.arms)),
        alt="Metric, divergence, firing and cost of each arm",
    )
    with st.expander("All numbers of the comparisons", icon=":material/functions:"):
        spreadsheet.table(
            comparisons(verdict),
            hide_index=True,
            **names(
                [name for each in verdict.comparisons for name in (each.arm, each.reference)],
                len(verdict.comparisons),
            ),
            alt="Every statistic of each comparison",
        )
        st.caption(
            "Differences are arm minus reference on the raw test rows. Intervals are Student's t over paired seeds; p "
            "is the sign-flip test, exact up to twenty seeds; d_z and Hedges' g are in standard deviations of the "
            "differences; wins are the share of seeds in which the arm is better. Power and further seeds take the "
            "difference to be as large as it looks."
        )


def names(known: Sequence[str], rows: int) -> dict[str, Any]:
    """How a table shows the names of arms, in full; on a phone too there is room for a number beside them."""
    width = 270 if max(map(len, known), default=0) >= LONG else 210
    columns = {name: st.column_config.TextColumn(width=width) for name in ("arm", "reference")}
    return {"column_config": columns, **spreadsheet.room(known, width, rows)}


def arms(verdict: Verdict) -> pd.DataFrame:
    return pd.DataFrame([_arm(arm, verdict) for arm in verdict.arms])


def _arm(arm: ArmSummary, verdict: Verdict) -> dict[str, str]:
    lost = arm.diverged
    title = verdict.metric.title
    return {
        "arm": plain(arm.name, MOST) + (" (chosen)" if arm.name == verdict.chosen else ""),
        f"test {title}": number(arm.mean) + ("" if arm.sd is None else f" ± {number(arm.sd, 2)}"),
        "median": number(arm.median),
        f"validation {title}": number(arm.validation),
        "diverged": f"{lost.count} of {lost.total} (95 % CI {lost.low:.0%} to {lost.high:.0%})"
        if lost.total
        else "–",
        **({"no value": number(arm.undefined)} if any(each.undefined for each in verdict.arms) else {}),
        "fired": fired(arm),
        "seconds a run": number(arm.seconds, 3),
    }


def fired(arm: ArmSummary) -> str:
    """How often its clips acted: of rows, of values, of steps."""
    if not arm.clips:
        return "no clip"
    if arm.never_fired:
        return "never: identical to none"
    units = {"inputs": "rows", "activation": "values", "gradient": "steps"}
    known = [f"{share:.1%} of {units[family]}" for family, share in arm.fired.items() if share is not None]
    return ", ".join(known) or "not measured"


def comparisons(verdict: Verdict) -> pd.DataFrame:
    lines: list[dict[str, Any]] = []
    for each in verdict.comparisons:
        lines.append(
            {
                "arm": plain(each.arm, MOST),
                "reference": plain(each.reference, MOST),
                "says": each.relation,
                "pairs": number(len(each.seeds)),
                "difference": number(each.mean),
                "95 % from": number(each.low),
                "to": number(each.high),
                "d_z": number(each.d_z, 3),
                "Hedges' g": number(each.hedges_g, 3),
                "p": number(each.p, 3)
                + (" (ranks)" if each.ranked else "")
                + ("" if each.p_exact else " (drawn)"),
                "Holm p": number(each.p_holm, 3),
                "BH p": number(each.p_bh, 3),
                "p (t test)": number(each.p_t, 3),
                "wins, paired": "–" if each.wins_paired is None else f"{each.wins_paired:.0%}",
                "wins, all pairs": "–" if each.wins_all_pairs is None else f"{each.wins_all_pairs:.0%}",
                "correlation of seeds": number(each.rho, 2),
                "p (equivalence)": number(each.p_equivalent, 3),
                "Holm p (equivalence)": number(each.p_equivalent_holm, 3),
                "power": "–" if each.power is None else f"{each.power:.0%}",
                "further seeds for 80 %": number(each.more_seeds),
            }
        )
    return pd.DataFrame(lines)


def cost(groups: Sequence[Group]) -> str:
    """What the answer cost, in words: all that was trained, what chose the arms too."""
    ended = [run for group in groups for run in group.runs.values() if run.result or run.diverged]
    seconds = sum((run.result or {}).get("seconds", 0.0) for run in ended)
    return f"{counted(len(ended), 'run')}, {number(seconds, 3)} s of training in all."
