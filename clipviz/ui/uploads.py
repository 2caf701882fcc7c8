"""From a dropped file to a stored dataset; a file that cannot be read stays, with a way to mend its reading."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.uploaded_file_manager import UploadedFile

from clipviz.core.dataset import Dataset, Reading
from clipviz.core.errors import ClipvizError
from clipviz.core.ids import is_id
from clipviz.datasets import ingest, samples, together
from clipviz.ui import header, image_reading, reading, readings, state, upload_zone
from clipviz.ui.text import escape

LOOK = 0.2
AGAIN = " (read again)"


def drop_zone() -> None:
    """The uploader; each dropped file, or pile of files that belong together, becomes a dataset, read as guessed."""
    _cleared()
    if st.session_state.get("plain_upload") or not _served():
        _plain_zone()
    else:
        _streaming_zone()
    for unread in list(st.session_state.get("unread", {}).values()):
        _mend(*unread)


@st.cache_resource(show_spinner=False)
def _cleared() -> None:
    """Once in the life of a server: what sessions of an earlier one left behind."""
    readings.clear(state.settings(), state.store())


def _served() -> bool:
    """Whether this page is served by a real server, beside our routes; AppTest has a stand-in."""
    return st.runtime.exists() and type(st.runtime.get_instance()) is Runtime


def _streaming_zone() -> None:
    """Files go to disk as they arrive, by a route of ours; the page learns their hashes."""
    arrived = upload_zone.upload_zone(state.settings().upload_mb, key="upload_zone")
    files = [(name, state.settings().uploads / source) for source, name in arrived if is_id(source)]
    if files:
        _follow(_begin_all(files))
    if st.button("Use the browser's own form instead", type="tertiary", key="plain_upload_on"):
        st.session_state.plain_upload = True
        st.rerun()


def _plain_zone() -> None:
    """Streamlit's uploader, which holds a file in memory first: where the drop zone cannot be used."""
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
    if dropped:
        st.session_state.upload_turn = turn + 1
        _follow(_begin_all([(file.name, file) for file in dropped]))


def _begin_all(files: Sequence[tuple[str, UploadedFile | Path]]) -> list[readings.Job]:
    """Begins to read files with their names; those that belong together are one dataset."""
    jobs = []
    known = st.session_state.pop("unread", {})
    st.session_state.unread = {path: unread for path, unread in known.items() if isinstance(path, Path)}
    for places in together.groups([name for name, _ in files]):
        pile = [files[place] for place in places]
        name = together.title([name for name, _ in pile])
        try:
            if len(pile) > 1:
                jobs.append(_start(readings.Job(None, name, state.me(), Reading(), parts=tuple(pile))))
            else:
                jobs.append(_begin(_kept(pile[0][1]), name))
        except ClipvizError as error:
            _keep_unread(None, name, error)
    return jobs


def _kept(given: UploadedFile | Path) -> Path:
    """The upload that a file is; raises ClipvizError."""
    return given if isinstance(given, Path) else ingest.spool(given, state.settings())


def _begin(path: Path, name: str, how: Reading = Reading(), dataset: Dataset | None = None) -> readings.Job:  # noqa: B008  frozen
    job = readings.Job(path, name, state.me(), how)
    if dataset is not None:
        job.target, job.origin, job.again = dataset.target, dataset.origin, dataset.id
    return _start(job)


def _start(job: readings.Job) -> readings.Job:
    return readings.start(job, state.settings(), state.store())


def _follow(jobs: Sequence[readings.Job]) -> None:
    """The page stays with these readings until they are over."""
    st.session_state.following = [job.id for job in jobs]
    st.rerun()


def read_again(dataset: Dataset, how: Reading) -> None:
    """Reads the upload of a dataset in another way, which gives another dataset."""
    name = f"{dataset.name.removesuffix(AGAIN)}{AGAIN}"
    _follow([_begin(state.settings().uploads / dataset.source, name, how, dataset)])


def follow() -> None:
    """Shows how far the readings are that this page stays with; at their end, opens what was read."""
    jobs = [job for id in st.session_state.get("following", ()) if (job := readings.get(id)) is not None]
    if not jobs:
        _others()
        return
    for job in jobs:
        _watch(job)
    del st.session_state.following
    for job in jobs:
        if job.error is not None and job.again:
            header.tell(job.error)
        elif job.error is not None:
            _keep_unread(job.path, job.name, job.error)
    stored = [job.dataset for job in jobs if job.dataset]
    if stored:
        state.open_dataset(stored[-1])
    elif not any(job.again for job in jobs):
        state.close_dataset()
    for job in jobs:
        if job.known_as:
            st.toast(f"This very file is here already, as {escape(job.known_as)}.")
    st.rerun()


def _watch(job: readings.Job) -> None:
    """Draws a reading until it is over; Cancel runs the page again, and then it soon is."""
    if job.wait(LOOK):
        return
    with st.container(border=True):
        bar = st.progress(*readings.show(job))
        st.button("Cancel", key=f"cancel:{job.id}", on_click=job.cancel, icon=":material/cancel:")
        while not job.wait(LOOK):
            bar.progress(*readings.show(job))


def _others() -> None:
    """What anybody else is reading now."""
    if not readings.running():
        return

    @st.fragment(run_every=1.0)
    def drawn() -> None:
        now = readings.running()
        for job in now:
            share, words = readings.show(job)
            st.progress(share, f"{words} · started by {escape(job.who, 40)}")
            st.button("Cancel", key=f"cancel:{job.id}", on_click=job.cancel, icon=":material/cancel:")
        if not now:
            st.rerun()

    drawn()


def open_sample(sample: str) -> None:
    """Makes a sample the current dataset."""
    with st.spinner("Fetching the sample …"):
        dataset = state.store().datasets.add(samples.load(sample, state.settings(), state.me()))
    state.open_dataset(dataset.id)
    st.rerun()


def _keep_unread(path: Path | None, name: str, error: ClipvizError) -> None:
    """Keeps each file that could not be read, until it is read in another way or forgotten."""
    st.session_state.setdefault("unread", {})[path or name] = (path, name, error)


def _mend(path: Path | None, name: str, error: ClipvizError) -> None:
    header.problem(error)
    if path is None:
        return
    with st.container(border=True):
        st.markdown(f"**{escape(name)}** is kept for a day. Say how it is written, and try again.")
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
            if st.button("Read it this way", type="primary", key=f"mend:{path}.again"):
                del st.session_state.unread[path]
                _follow([_begin(path, name, how)])
            if st.button("Forget this file", key=f"mend:{path}.forget"):
                del st.session_state.unread[path]
                st.rerun()
