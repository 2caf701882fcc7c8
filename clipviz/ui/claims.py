"""Published claims on the Guide: what is claimed, what was measured here, and a button that measures it."""

import pandas as pd
import streamlit as st

from clipviz.analysis.claimed import Rerun, published, reached, rerun, shown
from clipviz.analysis.claims.base import SEEDS, Claim, claims
from clipviz.analysis.verdict import gather
from clipviz.core.errors import ClipvizError
from clipviz.core.sweep import Standing, Sweep
from clipviz.datasets import at_hand
from clipviz.runs.sweeps import submit
from clipviz.ui import header, readme, spreadsheet, state, verdicts
from clipviz.ui.text import counted, escape, number, plain, size

RECORD = "benchmarks/CLAIMS.md"
"""What `clipviz claims --table` has written of the reruns."""
NEWEST = 100
"""Sweeps among which a rerun is looked for."""


def listed() -> None:
    """One folded card a claim; what was measured is looked up once it is opened."""
    st.subheader("Published claims, put to the test", anchor="claims")
    st.caption("What is claimed about clipping, and what the same comparison gives here over paired seeds.")
    for id, claim in claims().items():
        said = published(claim) or claim.said
        card = st.expander(
            f"**{escape(claim.title)}**: {escape(said, 200)}", key=f"claim:{id}", on_change="rerun"
        )
        if card.open:
            with card:
                _card(id, claim)


def _card(id: str, claim: Claim) -> None:
    numbers = f" {escape(published(claim), 300)}." if claim.figures else ""
    st.markdown(f"**Claimed.** {escape(claim.said, 400)}{numbers}")
    st.caption(f"Source: {_linked(claim.source)}.")
    sweep = _newest(claim)
    found = None if sweep is None else _measured(id, claim, sweep)
    if found is not None:
        _beside(found, id)
    elif sweep is None:
        _on_record(id, claim)
    if claim.remark:
        st.caption(escape(claim.remark, 400))
    with st.container(horizontal=True, vertical_alignment="center"):
        label = "Run it again" if sweep is not None else "Put it to the test"
        if st.button(label, key=f"rerun:{id}", icon=":material/replay:"):
            _start(claim)
        if sweep is not None:
            _link(sweep)
        st.caption(f"`python -m clipviz claims {id}`")


def _on_record(id: str, claim: Claim) -> None:
    """What was measured when clipviz was made, where nobody has measured it here."""
    found = readme.rows(claim.title, RECORD)
    if not found:
        st.info("Nobody has measured this here yet.", icon=":material/science:")
        return
    _, about, *_, answer = readme.section(claim.title, RECORD).split("\n\n")
    st.markdown(f"**Measured when clipviz was made.** {escape(answer.strip('*'), 1000)}")
    spreadsheet.table(
        pd.DataFrame(found), hide_index=True, key=f"recorded:{id}", alt=f"Claimed and measured: {claim.title}"
    )
    st.caption(f"{escape(about, 600)} Nobody has measured it here yet.")


def _linked(source: str) -> str:
    """A source in markdown, its number at arXiv as a link."""
    said, found, rest = source.partition("arXiv:")
    if not found:
        return escape(source, 300)
    paper, comma, more = rest.partition(",")
    return (
        f"{escape(said, 200)}[arXiv:{escape(paper)}](https://arxiv.org/abs/{paper}){comma}{escape(more, 200)}"
    )


def _beside(found: Rerun, id: str) -> None:
    """The answer, and each metric as it is claimed and as it was measured."""
    st.markdown(f"**Measured.** {escape(found.sentence, 1000)}")
    spreadsheet.table(
        pd.DataFrame(
            [
                {
                    "metric": line.title,
                    "claimed": "no number"
                    if line.claimed_before is None
                    else f"{shown(line.metric, line.claimed_before)} → {shown(line.metric, line.claimed_after)}",
                    "arm": plain(line.arm),
                    "measured": f"{shown(line.metric, line.before)} → {shown(line.metric, line.after)}",
                    "difference": shown(line.metric, line.difference, True),
                    "95 % from": shown(line.metric, line.low, True),
                    "to": shown(line.metric, line.high, True),
                    "seeds": number(line.seeds),
                    "says": line.relation,
                }
                for line in found.lines
            ]
        ),
        hide_index=True,
        key=f"measured:{id}",
        alt=f"Claimed and measured: {found.title}",
    )
    part = "" if found.whole else ": a subset, so compare differences rather than levels"
    clip = f" The clip acted: {escape(found.fired, 300)}." if found.fired else ""
    st.caption(
        f"{escape(found.data)}, n = {number(found.rows)}{part}; {counted(found.runs, 'run')} of "
        f"{counted(found.epochs, 'epoch')}.{clip} {escape(reached(found), 300)}"
    )


def _newest(claim: Claim) -> Sweep | None:
    for sweep in state.store().sweeps.list(NEWEST):
        dataset = state.store().datasets.get(sweep.dataset, include_deleted=True)
        if claim.is_rerun(sweep.design, dataset):
            return sweep
    return None


def _measured(id: str, claim: Claim, sweep: Sweep) -> Rerun | None:
    """What a sweep says so far; None before two arms of it share a seed."""
    groups = gather.of_sweep(sweep, state.store().sweeps.runs(sweep.id))
    metrics = [metric for metric in gather.metrics(groups) if metric.name in claim.metrics]
    found = {metric.name: verdicts.judged(groups, metric, None, sweep) for metric in metrics}
    dataset = state.store().datasets.get(sweep.dataset, include_deleted=True)
    return rerun(id, claim, dataset, sweep.id, groups, found) if found else None


def _link(sweep: Sweep) -> None:
    standing = Standing.of(state.store().sweeps.runs(sweep.id))
    label = (
        "Its verdict" if standing.over else f"{number(standing.ended)} of {number(standing.runs)} runs ended"
    )
    st.page_link(
        "../../pages/compare.py", label=label, icon=":material/balance:", query_params={"sweep": sweep.id}
    )


def _start(claim: Claim) -> None:
    """Fetches the data, starts the sweep, and goes to it."""
    bar = st.progress(0.0, "Looking for the data …")

    def progress(here: int, whole: int) -> None:
        bar.progress(min(1.0, here / whole) if whole else 0.0, f"Downloading: {size(here)}")

    try:
        found = at_hand.find(claim.data, state.settings(), state.me(), progress=progress)
        dataset = state.store().datasets.add(found)
        design = claim.design(dataset, range(SEEDS))
        sweep = submit.start(state.store(), state.settings(), design, f"Claim: {claim.title}", state.me())
    except ClipvizError as error:
        bar.empty()
        header.problem(error)
    else:
        st.switch_page("../../pages/compare.py", query_params={"sweep": sweep.id})
