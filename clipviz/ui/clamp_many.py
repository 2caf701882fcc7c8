"""One click that gives many columns a clamp, and what it changed."""

from collections.abc import Sequence

import streamlit as st

from clipviz.analysis.suggesting import Suggested
from clipviz.core.recipe import Choice
from clipviz.ui import drafts, forms
from clipviz.ui.clamp_findings import Found
from clipviz.ui.text import counted, escape, number, plain

GIVEN = "clamp.given"
TOLD = 12
"""Columns whose change is spelled out."""


def show(
    draft: drafts.Draft,
    found: Sequence[Found],
    suggested: dict[str, Suggested | None],
    picked: Sequence[str],
    chosen: str,
) -> None:
    """Policies for the columns that are picked in the table, or for all of them."""
    many = picked or [each.name for each in found]
    whom = counted(len(picked), "picked column") if picked else f"all {counted(len(many), 'column')}"
    current = next(each.choice for each in found if each.name == chosen)
    theirs = {name: known.suggestion.policy for name in many if (known := suggested[name]) is not None}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"For {whom}:", width="content")
        offers: list[tuple[str, str, dict[str, Choice], str]] = [
            (
                "Their suggestions", "suggested", theirs,
                f"Gives each the policy that its shape suggests: {_sum([suggested[name] for name in many])}.",
            ),
            (
                f"The policy of {plain(chosen, 30)}", "copied", dict.fromkeys(many, current),
                "Each column gets bounds of its own, from its own values.",
            ),
            ("The default", "default", {}, "Takes back policies of their own."),
        ]  # fmt: skip
        for label, name, policies, help in offers:
            if st.button(escape(label, 60), key=draft.key(f"clamp.many.{name}"), help=help):
                _give(draft, found, many, policies, label)
    if not picked:
        st.caption("Pick lines in the table to do this for some columns only.")
    _told(draft, found)


def offer(known: Suggested | None) -> str:
    """A suggestion and how many values it touches, for a cell of a table; or why there is none."""
    if known is None:
        return "–"
    policy = known.suggestion.policy.id
    if policy == "none":
        return known.suggestion.pattern if known.coded else "leave it"
    return f"{forms.clamp_title(policy)}: {counted(known.touched, 'value')}"


def _sum(known: Sequence[Suggested | None]) -> str:
    clamps = [each for each in known if each is not None and each.suggestion.policy.id != "none"]
    idle = sum(not each.touched for each in clamps)
    words = f"{counted(len(clamps), 'clamp')} that {'touches' if len(clamps) == 1 else 'touch'} "
    words += counted(sum(each.touched for each in clamps), "value")
    return words + (f", {number(idle)} of them none" if idle else "")


def _give(
    draft: drafts.Draft,
    found: Sequence[Found],
    many: Sequence[str],
    policies: dict[str, Choice],
    label: str,
) -> None:
    kept = {name: choice for name, choice in draft.recipe.inputs.columns.items() if name not in many}
    drafts.change_inputs(draft, columns={**kept, **policies})
    st.session_state[GIVEN] = (
        draft.recipe.data.dataset,
        label,
        {each.name: (each.choice, _moved(each)) for each in found if each.name in many},
    )
    st.rerun()


def _told(draft: drafts.Draft, found: Sequence[Found]) -> None:
    """What the last click changed, until the next one."""
    dataset, label, before = st.session_state.pop(GIVEN, ("", "", {}))
    if dataset != draft.recipe.data.dataset:
        return
    now = [each for each in found if each.name in before]
    changed = [each for each in now if each.choice != before[each.name][0]]
    if not changed:
        st.info(f"{escape(label, 60)}: no column had another policy, so nothing changed.")
        return
    words = [
        f"{escape(each.name, 40)} {number(before[each.name][1])} → {number(_moved(each))}"
        for each in changed[:TOLD]
    ]
    more = f" and {number(len(changed) - TOLD)} more" if len(changed) > TOLD else ""
    idle = [escape(each.name, 40) for each in changed if each.choice.id != "none" and not _moved(each)]
    nothing = (
        f" No value lies beyond the bounds of {', '.join(idle[:TOLD])}: there the clamp equals none."
        if idle
        else ""
    )
    st.success(
        f"**{escape(label, 60)}: {counted(len(changed), 'column')} of {number(len(now))} got another policy.** "
        f"Training values beyond the bounds, before → now: {', '.join(words)}{more}.{nothing}"
    )


def _moved(each: Found) -> int:
    return each.effect.below + each.effect.above
