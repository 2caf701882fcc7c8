"""From a dropped file to a stored dataset; a file that cannot be read stays, with a way to mend its reading."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.uploaded_file_manager import UploadedFile

from clipviz.core.dataset import Dataset, Reading
from clipviz.core.errors import ClipvizError
from clipviz.core.ids import is_id
from clipviz.datasets import choose, ingest, samples
from clipviz.ui import header, reading, readings, state, upload_zone
from clipviz.ui.text import escape

LOOK = 0.2
AGAIN = " (read again)"


def drop_zone() -> None:
    """The uploader; each dropped file becomes a dataset, read as guessed."""
    suffixes = choose.suffixes()
    if st.session_state.get("plain_upload") or not _served():
        _plain_zone(suffixes)
    else:
        _streaming_zone(suffixes)
    if st.session_state.get("unread"):
        _mend(**st.session_state.unread)


def _served() -> bool:
    """Whether this page is served by a real server, beside our routes; AppTest has a stand-in."""
    return st.runtime.exists() and type(st.runtime.get_instance()) is Runtime


def _streaming_zone(suffixes: Sequence[str]) -> None:
    """Files go to disk as they arrive, by a route of ours; the page learns their hashes."""
    arrived = upload_zone.upload_zone(suffixes, state.settings().upload_mb, key="upload_zone")
    jobs = [_begin(state.settings().uploads / source, name) for source, name in arrived if is_id(source)]
    if jobs:
        _follow(jobs)
    if st.button("Use the browser's own form instead", type="tertiary", key="plain_upload_on"):
        st.session_state.plain_upload = True
        st.rerun()


def _plain_zone(suffixes: Sequence[str]) -> None:
    """Streamlit's uploader, which holds a file in memory first: where the drop zone cannot be used."""
    turn = st.session_state.setdefault("upload_turn", 0)
    dropped = st.file_uploader(
        "Drop your files here",
        type=[suffix.lstrip(".") for suffix in suffixes],
        accept_multiple_files=True,
        key=f"upload:{turn}",
        help="CSV, TSV or Excel. How a file was read is shown, and can be changed, afterwards.",
    )
    if dropped:
        st.session_state.upload_turn = turn + 1
        _follow([job for file in dropped if (job := _kept(file)) is not None])


def _kept(file: UploadedFile) -> readings.Job | None:
    try:
        return _begin(ingest.spool(file, state.settings()), file.name)
    except ClipvizError as error:
        st.session_state.unread = {"path": "", "name": file.name, "error": error}
        return None


def _begin(path: Path, name: str, how: Reading = Reading(), dataset: Dataset | None = None) -> readings.Job:  # noqa: B008  frozen
    job = readings.Job(path, name, state.me(), how)
    if dataset is not None:
        job.target, job.origin, job.again = dataset.target, dataset.origin, dataset.id
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
            st.session_state.unread = {"path": str(job.path), "name": job.name, "error": job.error}
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


def _mend(path: str, name: str, error: ClipvizError) -> None:
    header.problem(error)
    if not path:
        return
    with st.container(border=True):
        st.markdown(f"**{escape(name)}** is kept. Say how it is written, and try again.")
        how = reading.form(Reading(), f"mend:{path}")
        with st.container(horizontal=True):
            if st.button("Read it this way", type="primary"):
                del st.session_state.unread
                _follow([_begin(Path(path), name, how)])
            if st.button("Forget this file"):
                del st.session_state.unread
                st.rerun()
