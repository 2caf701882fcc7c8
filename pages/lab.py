"""Lab: what does this policy actually do?"""

import streamlit as st

from clipviz.ui import lab_activations, lab_gradients, lab_link, lab_optimisers, lab_values
from clipviz.ui.lab_link import Link

TABS = {"activations": "Activations", "gradients": "Gradients", "optimisers": "Optimisers"}


@st.fragment
def activations() -> None:
    st.write("Up to four policies on the same values. Move a slider: the curves follow.")
    link, problems = Link("activations"), st.container()
    flowing, chosen = lab_values.choose(link)
    shown = lab_activations.follow(lab_activations.pick(link), flowing, chosen)
    st.caption(
        f"Into each flows {flowing.words}. *Dead*: becomes exactly 0 and gets no gradient. "
        "*Saturated*: passes less than a tenth of its gradient."
    )
    lab_activations.draw(shown, chosen)
    for finding in lab_activations.findings(shown, chosen):
        st.markdown(f":material/lightbulb: {finding}")
    lab_link.tell(link, problems)
    link.keep(**flowing.link)


@st.fragment
def gradients() -> None:
    st.write("One gradient, as it comes and as each policy hands it on; then a whole stream of them.")
    link, problems = Link("gradients"), st.container()
    lab_gradients.show(link)
    lab_link.tell(link, problems)
    link.keep()


@st.fragment
def optimisers() -> None:
    st.write("The same start, the same surface, the same clip: where does each optimiser go?")
    link, problems = Link("optimisers"), st.container()
    lab_optimisers.show(link)
    lab_link.tell(link, problems)
    link.keep()


st.title("What does this policy actually do?")
opened, unknown = lab_link.tab(tuple(TABS))
if unknown:
    st.warning(unknown)
st.session_state["lab.tabs"] = TABS[opened]
for name, tab in zip(
    TABS, st.tabs(list(TABS.values()), key="lab.tabs", on_change=lab_link.turned, args=(TABS,)), strict=True
):
    if tab.open:
        with tab:
            {"activations": activations, "gradients": gradients, "optimisers": optimisers}[name]()
