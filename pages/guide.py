"""Guide: which policies are there, and which one is for me?"""

import streamlit as st

from clipviz.catalogue import Policy, policies
from clipviz.ui import claims, guide_card, guide_chooser, link, readme
from clipviz.ui.link import Link
from clipviz.ui.text import counted, escape

FAMILIES = {
    "inputs": "Input clamps",
    "normalisations": "Normalisations",
    "activations": "Activation clips",
    "gradients": "Gradient clips",
}


def linked(known: dict[str, Policy]) -> list[str]:
    """The policies that the link names, in full, once each; their names."""
    asked = list(dict.fromkeys(filter(None, st.query_params.get("policy", "").split(","))))
    for name in asked:
        if name not in known:
            st.warning(
                f"There is no policy {escape(name, 60)}. Look for it below.", icon=":material/link_off:"
            )
            continue
        with st.container(border=True):
            st.header(known[name].title, anchor=False)
            guide_card.card(known[name], "linked")
    if asked:
        st.page_link("../../pages/guide.py", label="Back to all policies", icon=":material/arrow_back:")
    return asked


def matching(known: dict[str, Policy], settings: Link) -> list[Policy]:
    """The policies that the search and the filter leave."""
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        words = guide_card.search(settings)
    with right:
        settings.several("family", tuple(FAMILIES))
        families = st.pills(
            "Family",
            list(FAMILIES),
            format_func=FAMILIES.__getitem__,
            selection_mode="multi",
            key=settings.key("family"),
            wrap=True,
        )
        settings.say("family", ",".join(families))
    return [
        policy
        for policy in known.values()
        if policy.family in (families or FAMILIES) and guide_card.mentions(policy, words)
    ]


def catalogue(found: list[Policy]) -> None:
    st.caption(
        f"{counted(len(found), 'policy', 'policies')}. Open one for its formula, picture, fields and paper."
    )
    for family, title in FAMILIES.items():
        members = sorted(
            (policy for policy in found if policy.family == family),
            key=lambda policy: (policy.id != "none", policy.title.casefold()),
        )
        if members:
            st.subheader(f"{title} ({len(members)})", anchor=family)
        for policy in members:
            line = st.expander(
                f"**{escape(policy.title)}**: {escape(guide_card.effect(policy), 200)}",
                key=f"guide:{policy.family}.{policy.id}",
                on_change="rerun",
            )
            if line.open:
                with line:
                    guide_card.card(policy, "listed")


st.title("Which policy is for me?")
everything = {f"{policy.family}.{policy.id}": policy for policy in policies()}
st.write(
    f"{counted(len(everything), 'policy', 'policies')}, each with its formula, its curve and its paper, as its own "
    "code declares them. Say what matters, or look around."
)
settings, problems = Link("guide"), st.container()
asked = linked(everything)
guide_chooser.chooser(settings)
claims.listed()
catalogue(matching(everything, settings))
for heading in ("Share it", "Configuration"):
    if text := readme.section(heading):
        with st.expander(
            {"Share it": "How to share and secure it", "Configuration": "How to scale it"}[heading]
        ):
            st.markdown(text)
link.tell(settings, problems)
settings.keep(**({"policy": ",".join(asked)} if asked else {}))
