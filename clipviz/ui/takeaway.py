"""The trained model to take away."""

from contextlib import suppress
from pathlib import Path

import streamlit as st

from clipviz.core.away import ONNX, PROGRAM
from clipviz.core.dataset import Dataset
from clipviz.core.errors import ClipvizError, NotFound
from clipviz.core.recipe import Recipe
from clipviz.core.run import Run
from clipviz.datasets import files
from clipviz.runs import takeaway
from clipviz.runs.example_row import Example, example_row
from clipviz.ui import header, state
from clipviz.ui.text import escape, size

WIDE = 200
"""Columns up to which the profile is read for an example."""


def offer(run: Run, recipe: Recipe) -> None:
    """A download of the model with what is needed to use it, and the lines that do; nothing where it left none."""
    model = takeaway.place(state.settings(), run)
    if model is None:
        return
    dataset = state.store().datasets.get(run.dataset, include_deleted=True)
    shape = dataset.image
    image = None
    if shape is not None and recipe.data.features is None:
        image = (shape.height, shape.width, *([shape.channels] if shape.channels > 1 else []))
    example = _example(model, dataset)
    st.subheader("Take the model with you")
    left, right = st.columns([1, 2], gap="large")
    with left:
        st.write(
            "The network with its clamps and clips inside, its recipe, and how to load it: it predicts raw rows "
            "without this dashboard."
        )
        others = takeaway.programs(model)
        bytes = sum(path.stat().st_size for path in (model, *others))
        st.download_button(
            f"Download the model ({size(bytes)})",
            lambda: takeaway.bundle(model, run, recipe, image, dataset.reading, example),
            file_name=f"clipviz-{run.id}.zip",
            mime="application/zip",
            icon=":material/download:",
        )
        _programs(model, [path.name for path in others])
    with right:
        st.code(takeaway.use(image, example), language="python")


def _example(model: Path, dataset: Dataset) -> Example:
    """A row for the lines that use the model; none of images, of very wide tables, and where the data are gone."""
    if dataset.image is None and len(dataset.columns) <= WIDE:
        with suppress(NotFound):
            return example_row(model, files.profiles(state.settings(), dataset.id))
    return {}


def _programs(model: Path, there: list[str]) -> None:
    """Says which programs the download holds, and makes them when asked."""
    if ONNX in there:
        st.caption("With ONNX and torch.export, held against the network on rows with gaps and far values.")
        return
    if PROGRAM in there:
        st.caption("With torch.export; ONNX needs the packages onnx and onnxscript on the server.")
    if st.button("Add ONNX and torch.export", icon=":material/deployed_code:"):
        try:
            with st.spinner("Translating the network, and holding it against itself …", show_time=True):
                lacking = takeaway.translate(model)
        except ClipvizError as error:
            header.problem(error)
        else:
            if lacking:
                st.warning(escape(lacking, 300))
            else:
                st.rerun()
