"""The Guide's short chooser: what matters, and which policy follows from it."""

from typing import Literal

import streamlit as st
from pydantic.fields import FieldInfo

from clipviz.analysis.chooser import QUESTIONS, TRAITS, choose
from clipviz.policies.policy import Trait
from clipviz.ui.link import Link
from clipviz.ui.text import escape

KINDS = {
    "inputs": "Values that come in",
    "activations": "Values inside the network",
    "gradients": "Gradients",
}


def chooser(link: Link) -> None:
    """Asks what is to be bounded and what matters; answers with a policy and the reason, derived from traits."""
    with st.container(border=True):
        st.markdown("**What is to be bounded, and what matters to you?**")
        link.value("bounding", FieldInfo(annotation=Literal[tuple(KINDS)]), "activations")  # type: ignore[arg-type]
        family = st.segmented_control(
            "What is to be bounded",
            list(KINDS),
            format_func=KINDS.__getitem__,
            required=True,
            key=link.key("bounding"),
            label_visibility="collapsed",
        )
        link.several("matters", TRAITS)
        wanted = st.pills(
            "What matters",
            list(TRAITS),
            format_func=QUESTIONS.__getitem__,
            selection_mode="multi",
            key=link.key("matters"),
            wrap=True,
            label_visibility="collapsed",
        )
        link.say("bounding", family)
        link.say("matters", ",".join(wanted))
        if wanted:
            _answer(str(family), list(wanted))
        else:
            st.caption("Pick what matters: the answer follows from what each policy declares about itself.")


def _answer(family: str, wanted: list[Trait]) -> None:
    answers = choose(family, wanted)
    if not answers:
        st.markdown("No policy of this family offers any of it. Try another family, or fewer wishes.")
        return
    best, *others = answers
    st.markdown(
        f"Take **{escape(best.policy.title)}**: {escape(best.reason, 600)} {escape(best.policy.use, 400)}"
    )
    if best.missed:
        missing = ", ".join(QUESTIONS[trait].lower() for trait in best.missed)
        st.caption(f"No policy of this family offers all of it; this one lacks: {escape(missing, 300)}.")
    with st.container(horizontal=True, vertical_alignment="center"):
        for each in (best, *others[:3]):
            st.page_link(
                "../../pages/guide.py",
                label=f"{'Show' if each is best else 'or'} {escape(each.policy.title)}",
                icon=":material/arrow_forward:" if each is best else None,
                query_params={"policy": f"{family}.{each.id}"},
            )
