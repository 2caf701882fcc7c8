"""One policy of the Guide: formula, picture, fields, use and paper, as its own code declares them."""

from typing import TYPE_CHECKING, Any

import streamlit as st
from pydantic.fields import FieldInfo

from clipviz.analysis.chooser import QUESTIONS
from clipviz.analysis.lab.pictures import picture
from clipviz.catalogue import Policy, PolicyField
from clipviz.charts.palette import palette
from clipviz.charts.policy_looks import looks
from clipviz.charts.policy_picture import policy_picture
from clipviz.core.discovery import discover
from clipviz.ui import lab_values
from clipviz.ui.drawing import Drawing, drawn
from clipviz.ui.link import Link

if TYPE_CHECKING:
    import pandas as pd

LAB = {"activations": "p1", "gradients": "p1"}
"""The families that have a tab in the Lab, and the slot in which a policy is shown there."""


def card(policy: Policy, where: str) -> None:
    """All that a policy declares; its picture is computed by itself. where: the part of the page, each of which may
    show a policy once."""
    said, rest = effect(policy), policy.description.partition("\n\n")[2]
    left, right = st.columns([3, 2])
    with left:
        st.markdown(f"**{_prose(said)}**")
        st.latex(policy.formula)
        if rest:
            st.markdown(_prose(rest))
        st.markdown("**Gradient**")
        st.latex(policy.gradient)
        st.markdown(f"**When to use it.** {_prose(policy.use)}")
        _traits(policy)
    with right:
        _picture(policy, where)
    if policy.fields:
        st.table(fields(policy.fields), border="horizontal", hide_index=True, alt=f"Fields of {policy.title}")
    st.caption(_prose(policy.reference))
    with st.container(horizontal=True, vertical_alignment="center"):
        if slot := LAB.get(policy.family):
            st.page_link(
                "../../pages/lab.py",
                label="Move its sliders in the Lab",
                icon=":material/science:",
                query_params={"tab": policy.family, slot: policy.id},
            )
        st.page_link(
            "../../pages/guide.py",
            label="Link to this policy",
            icon=":material/link:",
            query_params={"policy": f"{policy.family}.{policy.id}"},
        )
        st.caption(f"`{policy.family}.{policy.id}` in recipes, sweeps and on the command line")


def effect(policy: Policy) -> str:
    """The first sentence of what a policy says of itself."""
    return " ".join(policy.description.partition("\n\n")[0].split())


def search(link: Link) -> str:
    """The words that somebody looks for."""
    link.value("q", FieldInfo(annotation=str), "")
    words: str = st.text_input(
        "Search", key=link.key("q"), placeholder="a name, a word of the text, an author", max_chars=80
    )
    link.say("q", words)
    return words


def mentions(policy: Policy, words: str) -> bool:
    """Whether every word occurs in what the policy declares."""
    own = (policy.title, policy.id, policy.description, policy.use, policy.reference)
    text = " ".join((*own, *(f"{each.title} {each.description}" for each in policy.fields))).casefold()
    return all(word in text for word in words.casefold().split())


def fields(declared: list[PolicyField]) -> "pd.DataFrame":
    """One line a field, in the policy's order; cells are markdown."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "field": f"**{_prose(each.title)}**",
                "what it means": _prose(each.description),
                "default": _prose(_word(each.default)),
                "allowed": _prose(each.bounds),
                "unit": _prose(each.unit),
                "worth sweeping": _prose(", ".join(_word(value) for value in each.sweep)),
                "in recipes": f"`{each.name}`",
            }
            for each in declared
        ]
    )


def _traits(policy: Policy) -> None:
    if policy.traits:
        with st.container(horizontal=True, gap="small"):
            for trait, question in QUESTIONS.items():
                if trait in policy.traits:
                    st.badge(question, color="grey")


def _picture(policy: Policy, where: str) -> None:
    cls = discover(f"clipviz.policies.{policy.family}")[policy.id]
    colours = palette(st.context.theme.type)
    lab_values.ready()
    found = picture(policy.family, cls())
    look = looks(policy.family, colours)[policy.id]
    figure = policy_picture(found.x, found.y, found.slope, found.titles, found.log, look, colours)
    drawn(
        [
            Drawing(
                "At its defaults", figure, f"{found.titles[1]} over {found.titles[0]} under {policy.title}"
            )
        ],
        key=f"guide.{where}.{policy.family}.{policy.id}",
    )


def _prose(text: str) -> str:
    """A docstring as markdown: its lines joined, its signs shown as they are."""
    joined = "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
    return "".join(f"\\{sign}" if sign in "\\*_~$[]<>#|:" else sign for sign in joined)


def _word(value: Any) -> str:
    if value is None:
        return "its own choice"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
