"""What happens to training images at random: the picker, and a wall of what comes of it."""

import numpy as np
import streamlit as st

from clipviz.analysis import augmenting
from clipviz.charts.mosaic import mosaic
from clipviz.core.dataset import Dataset
from clipviz.core.discovery import discover
from clipviz.core.recipe import Choice, Recipe
from clipviz.datasets import files
from clipviz.ui import drafts, forms, pictures, state

PACKAGE = "clipviz.training.augmentations"
SHOWN = 8
DRAWS = 2


def form(dataset: Dataset, recipe: Recipe, draft: drafts.Draft) -> tuple[Choice, ...]:
    """Those that are chosen with their fields, in the order of the list; none where the inputs are no whole images."""
    if dataset.image is None or recipe.data.features is not None:
        return ()
    known, now = discover(PACKAGE), {choice.id: choice for choice in recipe.augment}
    with st.expander("Augmentation"):
        picked = st.multiselect(
            "Random changes of the training images",
            list(known),
            default=[id for id in now if id in known],
            format_func=lambda id: forms.title_of(known[id]),
            key=draft.key("augment"),
            placeholder="none",
            help="New ones at every step, such that the class stays true. Validation and test images stay as they are. "
            "The normalisation must be division.",
        )
        chosen = tuple(_fields(id, now.get(id, Choice(id=id)), draft) for id in known if id in picked)
        if chosen:
            _wall(dataset, chosen)
    return chosen


def _fields(id: str, choice: Choice, draft: drafts.Draft) -> Choice:
    cls = discover(PACKAGE)[id]
    st.markdown(f"**{forms.title_of(cls)}**")
    return Choice.of(id, **forms.fields(cls, choice.fields(), draft.key(f"augment.{id}"), fold=False))


def _wall(dataset: Dataset, chosen: tuple[Choice, ...]) -> None:
    """The same images before and after, some of the latter drawn twice."""
    shape = dataset.image
    assert shape is not None
    count = min(SHOWN, dataset.rows)
    rows = np.linspace(0, dataset.rows - 1, count).astype(np.int64)
    raw = files.pixels(state.settings(), dataset.id)[rows]
    raw = raw.reshape(count, shape.height, shape.width, shape.channels)
    white = 2.0**shape.bits - 1
    most = pictures.white(dataset, files.images(state.settings(), dataset.id))
    draws = [augmenting.changed(raw, chosen, white, seed) for seed in range(DRAWS)]
    for label, images in (("Images as they are", raw), ("As a step may see them", np.concatenate(draws))):
        drawn = mosaic(images, count, pictures.SIDE, most)
        st.caption(label)
        st.image(drawn, width=drawn.shape[1], output_format="PNG", alt=label)
