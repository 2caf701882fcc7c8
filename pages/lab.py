"""Lab: what does this policy actually do?"""

import streamlit as st

from clipviz.ui import lab_activations, lab_gradients, lab_optimisers, lab_traps, lab_values, link
from clipviz.ui.link import Link

TABS = {"activations": "Activations", "gradients": "Gradients", "optimisers": "Optimisers"}


@st.fragment
def activations() -> None:
    st.write("Up to four policies on the same values. Move a slider: the curves follow.")
    settings, problems = Link("lab", "activations"), st.container()
    flowing, chosen = lab_values.choose(settings)
    shown = lab_activations.follow(lab_activations.pick(settings), flowing, chosen)
    st.caption(
        f"Into each flows {flowing.words}. *Dead*: becomes exactly 0 and gets no gradient. "
        "*Saturated*: passes less than a tenth of its gradient."
    )
    lab_activations.draw(shown, chosen)
    for finding in lab_activations.findings(shown):
        st.markdown(f":material/lightbulb: {finding}")
    st.subheader("Three traps")
    lab_traps.show(settings)
    link.tell(settings, problems)
    settings.keep(**flowing.link)


@st.fragment
def gradients() -> None:
    st.write("One gradient, as it comes and as each policy hands it on; then a whole stream of them.")
    settings, problems = Link("lab", "gradients"), st.container()
    picked = lab_gradients.pick(settings)
    weight = lab_gradients.one(settings, picked).weight
    st.subheader("A stream of gradients")
    lab_gradients.stream(settings, picked, weight)
    st.subheader("Accumulation")
    lab_gradients.accumulation(settings, picked, weight)
    link.tell(settings, problems)
    settings.keep()


@st.fragment
def optimisers() -> None:
    st.write("The same start, the same surface, the same clip: where does each optimiser go?")
    settings, problems = Link("lab", "optimisers"), st.container()
    lab_optimisers.show(settings)
    link.tell(settings, problems)
    settings.keep()


st.title("What does this policy actually do?")
lab_values.ready()
lab_values.put_on_the_table()
opened, unknown = link.tab("lab", tuple(TABS))
if unknown:
    st.warning(unknown)
st.session_state["lab.tabs"] = TABS[opened]
tabs = st.tabs(list(TABS.values()), key="lab.tabs", on_change=link.turned, args=("lab", TABS))
for show, tab in zip((activations, gradients, optimisers), tabs, strict=True):
    if tab.open:
        with tab:
            show()
