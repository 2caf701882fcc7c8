"""Histograms over time of a run's activations, weights and gradients, read when somebody opens them."""

import streamlit as st

from clipviz.charts.histogram_heatmap import histogram_heatmap
from clipviz.charts.palette import palette
from clipviz.core.bins import KINDS, columns, layers
from clipviz.core.run import Run
from clipviz.ui import state
from clipviz.ui.drawing import Drawing, drawn
from clipviz.ui.text import counted

TITLES = {
    "activation": ("Activations into the clips", "On the same validation rows each time, before the clips."),
    "weight": ("Weights", "Thresholds left out."),
    "gradient": ("Gradients", "Of a batch of training rows, before the clip."),
}


def over_time(run: Run) -> None:
    """An expander with a heatmap for each kind of value; nothing is read or drawn until it is opened."""
    panel = st.expander(
        "Histograms over time", key=f"histograms:{run.id}", on_change="rerun", icon=":material/gradient:"
    )
    if not panel.open:
        return
    with panel:
        said = state.store().telemetry.histories([run.id], "histogram").get(run.id)
        if said is None:
            st.caption("They appear here with the first evaluation.")
            return
        names = list(dict.fromkeys(layer for kind in KINDS for layer in layers(said.names, kind)))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            layer = st.selectbox("Layer", names, key=f"histogram_layer:{run.id}", width=260)
            if not run.state.final:
                st.button("Refresh", icon=":material/refresh:", key=f"histogram_again:{run.id}")
        colours = palette(st.context.theme.type)
        shown = []
        for kind in KINDS:
            if layer in layers(said.names, kind):
                title, note = TITLES[kind]
                counts = said.values[:, [said.names.index(name) for name in columns(kind, layer)]]
                alt = f"{title} of {layer} over {counted(len(said.steps), 'look')}: share of values by size"
                figure = histogram_heatmap(said.steps, counts, colours)
                shown.append(Drawing(f"{title}, {layer}", figure, alt, note))
        drawn(shown, key=f"histogram_drawings:{run.id}", least=380)
        st.caption(
            "Columns are evaluations, rows are values on a scale that is logarithmic on both sides of 0, the "
            "darker the more. What lies beyond the scale, and what is not finite, is drawn apart and in red."
        )
