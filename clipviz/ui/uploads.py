"""From a dropped file to a stored dataset; a file that cannot be read stays, with a way to mend its reading."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from clipviz.core.dataset import Reading
from clipviz.core.errors import ClipvizError
from clipviz.datasets import ingest, samples, together
from clipviz.ui import header, image_reading, reading, state
from clipviz.ui.text import escape, plain


def drop_zone() -> None:
    """The uploader; each dropped file, or pile of files that belong together, becomes a dataset, read as guessed."""
    turn = st.session_state.setdefault("upload_turn", 0)
    dropped = st.file_uploader(
        "Drop your files here",
        accept_multiple_files=True,
        key=f"upload:{turn}",
        help="A table as text, workbook, Parquet, Arrow or JSON, compressed or in a zip. Or images: a zip with a "
        "folder for each class, IDX or NumPy files. Images and their labels may be dropped together. How a file was "
        "read is shown, and can be changed, afterwards.",
    )
    with st.expander("A folder of images", icon=":material/folder:"):
        dropped += st.file_uploader(
            "Drop a folder here",
            accept_multiple_files="directory",
            key=f"folder:{turn}",
            help="With a folder inside for each class, or with a table of file names and labels.",
        )
    stored = ""
    for places in together.groups([file.name for file in dropped]):
        stored = _read([dropped[place] for place in places]) or stored
    if dropped:
        st.session_state.upload_turn = turn + 1
        if stored:
            state.open_dataset(stored)
        st.rerun()
    if st.session_state.get("unread"):
        _mend(**st.session_state.unread)


def _read(dropped: list[UploadedFile]) -> str | None:
    """Keeps files and reads them as one dataset; its id, or None with the reason kept for the next run of the page."""
    kept, name = "", together.title([file.name for file in dropped])
    with st.status(f"Reading {escape(name)} …") as status:
        try:
            if len(dropped) == 1:
                kept = str(ingest.spool(dropped[0], state.settings()))
            else:
                kept = str(together.pack([(file.name, file) for file in dropped], state.settings()))
            return store(Path(kept), name, Reading())
        except ClipvizError as error:
            status.update(label=f"{escape(name)} could not be read", state="error")
            st.session_state.unread = {"path": kept, "name": name, "error": error}
            return None


def store(path: Path, name: str, how: Reading) -> str:
    """Reads an uploaded file and shares it with the team; returns the dataset's id."""
    dataset = ingest.ingest(path, plain(name, 120), state.settings(), how, state.me())
    known = {each.id: each for each in state.store().datasets.list()}
    if dataset.id in known:
        st.toast(f"This very file is here already, as {escape(known[dataset.id].name)}.")
    return state.store().datasets.add(dataset).id


def open_sample(sample: str) -> None:
    """Makes a sample the current dataset."""
    with st.spinner("Fetching the sample …"):
        dataset = state.store().datasets.add(samples.load(sample, state.settings(), state.me()))
    state.open_dataset(dataset.id)
    st.rerun()


def _mend(path: str, name: str, error: ClipvizError) -> None:
    header.problem(error)
    if not path:
        return
    with st.container(border=True):
        st.markdown(f"**{escape(name)}** is kept. Say how it is written, and try again.")
        holds = st.segmented_control(
            "It holds",
            ["a table", "images"],
            default="images" if image_reading.start(name).format is None else "a table",
            required=True,
            key=f"mend:{path}.holds",
        )
        how = Reading()
        try:
            if holds == "images":
                how = image_reading.form(image_reading.start(name), f"mend:{path}")
            else:
                how = reading.form(Reading(), f"mend:{path}")
        except ClipvizError as wrong:
            header.problem(wrong)
        with st.container(horizontal=True):
            if st.button("Read it this way", type="primary"):
                try:
                    dataset = store(Path(path), name, how)
                except ClipvizError as again:
                    st.session_state.unread["error"] = again
                else:
                    del st.session_state.unread
                    state.open_dataset(dataset)
                st.rerun()
            if st.button("Forget this file"):
                del st.session_state.unread
                st.rerun()
