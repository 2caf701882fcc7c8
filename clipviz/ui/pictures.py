"""Images on a page: the wall of samples, classes, sizes, pixel values."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clipviz.charts.class_counts import class_counts
from clipviz.charts.mosaic import mosaic
from clipviz.charts.palette import palette
from clipviz.charts.pixel_histogram import pixel_histogram
from clipviz.core.dataset import Dataset
from clipviz.core.profile import ImageProfile
from clipviz.datasets import files
from clipviz.ui import spreadsheet, state
from clipviz.ui.drawing import Drawing, drawn
from clipviz.ui.text import escape, number, plain

if TYPE_CHECKING:
    import pandas as pd

SIDE = 56
ACROSS = 15
NEARLY_FULL = 0.9
ROWS_OF_ONE = 5
MOST_CLASSES = 12
ALL = "all classes"


def sentence(dataset: Dataset) -> str:
    """What a pile of images is, in a sentence."""
    shape = dataset.image
    assert shape is not None
    known = files.images(state.settings(), dataset.id)
    classes = sum(1 for name, _ in known.classes if name)
    said = f"{number(dataset.rows)} images of {shape.height} x {shape.width} pixels, "
    said += f"{'grey' if shape.channels == 1 else 'in colour'}, {shape.bits} bits; "
    said += f"{number(classes)} {'class' if classes == 1 else 'classes'}" if classes else "**no labels**"
    return said + (f"; **{number(dataset.rejected)} could not be read**." if dataset.rejected else ".")


def show(dataset: Dataset, told: Sequence[str] = ()) -> None:
    """Everything that the Data page says of a pile of images, but for what it has told already."""
    known = files.images(state.settings(), dataset.id)
    for note in known.notes:
        if note not in told:
            st.caption(escape(note, 400))
    wall(dataset, known)
    left, right = st.columns(2, gap="large")
    colours = palette(st.context.theme.type)
    with left:
        st.subheader("Classes")
        figure = class_counts(known.classes, colours)
        drawn(
            [Drawing("Images of each class", figure, "Images of each class", heading=False)], "data.classes"
        )
    with right:
        st.subheader("Pixel values")
        log = st.toggle("Logarithmic counts", value=True, key="data.pixels.log", help="Shows rare values.")
        values = "Pixels by value in each channel"
        figure = pixel_histogram(known.channels, colours, log)
        drawn([Drawing(values, figure, values, heading=False)], "data.pixels")
    spreadsheet.table(channels(known), hide_index=True, alt="The values of each channel")
    if len(known.sizes) > 1:
        with st.expander(f"{number(len(known.sizes))} sizes in the files", icon=":material/aspect_ratio:"):
            spreadsheet.table(sizes(known), hide_index=True, alt="Images of each size")


def wall(dataset: Dataset, known: ImageProfile) -> None:
    """Samples, a line for each class; or many of one class."""
    names = [name for name, _ in known.classes]
    counts = dict(known.classes)
    labels = _labels(dataset)
    most = white(dataset, known)
    st.subheader("Samples")
    picked = ALL
    if len(names) > 1:
        picked = st.selectbox(
            "Show",
            [ALL, *names],
            format_func=lambda name: ALL if name == ALL else escape(name or "no label", 40),
            key=f"wall:{dataset.id}",
            width=280,
        )
    if picked != ALL or len(names) == 1:
        chosen = names[0] if len(names) == 1 else picked
        positions = np.flatnonzero(labels == chosen)
        strip(dataset, _spread(positions, ACROSS * ROWS_OF_ONE), most, f"Images of {plain(chosen, 40)}")
    else:
        for name in names[:MOST_CLASSES]:
            left, right = st.columns([1, 7], vertical_alignment="center")
            left.markdown(f"**{escape(name or 'no label', 24)}**  \n{number(counts[name])}")
            with right:
                positions = np.flatnonzero(labels == name)
                strip(dataset, _spread(positions, ACROSS), most, f"Images of {plain(name or 'no label', 40)}")
        if len(names) > MOST_CLASSES:
            st.caption(
                f"The {MOST_CLASSES} most frequent of {number(len(names))} classes; choose another above."
            )
    if most < _full(dataset):
        st.caption(f"Drawn from 0 (black) to {number(most)} (white), the greatest value there is.")


def white(dataset: Dataset, known: ImageProfile) -> float:
    """The value that is drawn white: the greatest there is, or the greatest there can be when that is near."""
    most, full = max(channel.maximum for channel in known.channels), _full(dataset)
    return float(full if most > NEARLY_FULL * full else most)


def _full(dataset: Dataset) -> int:
    return 65_535 if dataset.image is not None and dataset.image.bits == 16 else 255


def strip(dataset: Dataset, positions: NDArray[np.int64], most: float, alt: str) -> None:
    """Some images of a dataset in rows of fifteen."""
    images = files.pixels(state.settings(), dataset.id)[np.sort(positions)]
    picture = mosaic(images, ACROSS, SIDE, most)
    st.image(picture, width=picture.shape[1], output_format="PNG", alt=alt)


def channels(known: ImageProfile) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(
        {
            "channel": [each.name for each in known.channels],
            "min": [each.minimum for each in known.channels],
            "max": [each.maximum for each in known.channels],
            "mean": [round(each.mean, 2) for each in known.channels],
            "std": [round(each.std, 2) for each in known.channels],
            "zeros": [each.zeros for each in known.channels],
        }
    )


def sizes(known: ImageProfile) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(known.sizes, columns=["height", "width", "images"])


def _labels(dataset: Dataset) -> NDArray[np.str_]:
    """(N,) labels as the profile spells them, "" where there is none."""
    column = files.frame(state.settings(), dataset.id, ["label"])["label"]
    words = ["" if value is None or value != value else value for value in column.tolist()]
    return np.array([_spelled(word) for word in words], dtype=np.str_)


def _spelled(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _spread(positions: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """At most `count` positions, evenly spread."""
    if len(positions) <= count:
        return positions
    return positions[np.linspace(0, len(positions) - 1, count).astype(np.int64)]
