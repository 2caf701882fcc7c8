"""The trained model to take away."""

import streamlit as st

from clipviz.core.recipe import Recipe
from clipviz.core.run import Run
from clipviz.runs import takeaway
from clipviz.ui import state
from clipviz.ui.text import size


def offer(run: Run, recipe: Recipe) -> None:
    """A download of the model with what is needed to use it, and the lines that do; nothing where it left none."""
    model = takeaway.place(state.settings(), run)
    if model is None:
        return
    shape = state.store().datasets.get(run.dataset, include_deleted=True).image
    image = None
    if shape is not None and recipe.data.features is None:
        image = (shape.height, shape.width, *([shape.channels] if shape.channels > 1 else []))
    st.subheader("Take the model with you")
    left, right = st.columns([1, 2], gap="large")
    with left:
        st.write(
            "The network with its clamps and clips inside, its recipe, and how to load it: it predicts raw rows "
            "without this dashboard."
        )
        st.download_button(
            f"Download the model ({size(model.stat().st_size)})",
            lambda: takeaway.bundle(model, run, recipe, image),
            file_name=f"clipviz-{run.id}.zip",
            mime="application/zip",
            icon=":material/download:",
        )
    with right:
        st.code(takeaway.use(image), language="python")
