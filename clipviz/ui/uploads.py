"""From a dropped file to a stored dataset; a file that cannot be read stays, with a way to mend its reading."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from clipviz.core.dataset import Reading
from clipviz.core.errors import ClipvizError
from clipviz.datasets import ingest, samples
from clipviz.ui import header, reading, state
from clipviz.ui.text import escape, plain


def drop_zone() -> None:
    """The uploader; each dropped file becomes a dataset at once, read as guessed."""
    turn = st.session_state.setdefault("upload_turn", 0)
    dropped = st.file_uploader(
        "Drop your files here",
        accept_multiple_files=True,
        key=f"upload:{turn}",
        help="A table as text, workbook, Parquet, Arrow or JSON, compressed or in a zip. How a file was read is "
        "shown, and can be changed, afterwards.",
    )
    stored = ""
    for file in dropped or []:
        stored = _read(file) or stored
    if dropped:
        st.session_state.upload_turn = turn + 1
        if stored:
            state.open_dataset(stored)
        st.rerun()
    if st.session_state.get("unread"):
        _mend(**st.session_state.unread)


def _read(file: UploadedFile) -> str | None:
    """Keeps one file and reads it; the dataset's id, or None with the reason kept for the next run of the page."""
    kept = ""
    with st.status(f"Reading {escape(file.name)} …") as status:
        try:
            kept = str(ingest.spool(file, state.settings()))
            return store(Path(kept), file.name, Reading())
        except ClipvizError as error:
            status.update(label=f"{escape(file.name)} could not be read", state="error")
            st.session_state.unread = {"path": kept, "name": file.name, "error": error}
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
        how = reading.form(Reading(), f"mend:{path}")
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
