"""Data: what have I got?"""

import streamlit as st

from clipviz.core.dataset import Dataset
from clipviz.core.errors import ClipvizError
from clipviz.core.profile import ColumnProfile
from clipviz.datasets import files, samples
from clipviz.ui import (
    column_types,
    columns,
    header,
    missing_codes,
    named_gallery,
    pictures,
    prose,
    reading,
    runs,
    spreadsheet,
    state,
    tables,
    uploads,
)
from clipviz.ui.text import ago, counted, escape, number, people, share, size


def gallery() -> None:
    st.title("What have I got?")
    st.write(
        "clipviz shows whether clipping helps on your data: clamp inputs, bound activations, clip gradients, and watch "
        "a network train. Drop a spreadsheet or a pile of images, or start with a sample; everybody who opens this "
        "dashboard sees the same."
    )
    uploads.drop_zone()
    known = state.store().datasets.list()
    if known:
        team(known)
    st.subheader("Samples")
    across = st.columns(len(samples.samples()))
    for column, sample in zip(across, samples.samples(), strict=True):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{sample.title}**")
            st.caption(sample.description)
            st.space("stretch")
            if st.button("Open", key=f"sample.{sample.id}", help=f"Open the sample {sample.title}"):
                uploads.open_sample(sample.id)
    named_gallery.shown()
    if not known:
        st.info("No datasets yet. What you drop above, or open as a sample, appears here for the whole team.")


def team(known: list[Dataset]) -> None:
    st.subheader("The team's datasets")
    picked = spreadsheet.table(
        tables.datasets(known),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=f"team:{tables.fingerprint(dataset.id for dataset in known)}",
        alt="Datasets of the team",
    )
    st.caption("Pick a row to open it.")
    if picked.selection.rows:
        state.open_dataset(known[picked.selection.rows[0]].id)
        st.rerun()


def one(dataset: Dataset) -> None:
    runs.wake()
    profiles = files.profiles(state.settings(), dataset.id)
    st.title(escape(dataset.name))
    st.write(pictures.sentence(dataset) if dataset.image else sentence(dataset, profiles))
    st.caption(
        f"{size(dataset.bytes)} · uploaded by {people(dataset.created_by)} {ago(dataset.created_at)}"
        + (f" · {escape(dataset.origin, 300)}" if dataset.origin else "")
    )
    actions(dataset)
    reading.offer_images(dataset, profiles, uploads.read_again)
    if dataset.rejected:
        rejected(dataset)
    remarks = reading.remarks(dataset)
    with st.expander(f"How it was read · {counted(len(remarks), 'remark')}", icon=":material/tune:"):
        reading.change(dataset, uploads.read_again)
    if dataset.image:
        pictures.show(dataset, remarks)
        return
    drawn, rows = st.tabs(["Columns", "First rows"])
    with rows:
        spreadsheet.table(tables.first_rows(state.settings(), dataset), placeholder="–", alt="The first rows")
    with drawn:
        column(dataset, profiles)


def sentence(dataset: Dataset, profiles: list[ColumnProfile]) -> str:
    incomplete = sum(profile.missing > 0 for profile in profiles)
    said = f"{counted(dataset.rows, 'row')} and {counted(len(dataset.columns), 'column')}"
    said += f"; {incomplete} of them with missing values" if incomplete else "; nothing is missing"
    said += f"; **{counted(dataset.rejected, 'row')} could not be read**." if dataset.rejected else "."
    return said + attention(profiles)


def attention(profiles: list[ColumnProfile]) -> str:
    """Which columns ask for a look: those with codes for missing values, and those with a clamp worth trying."""
    coded = [profile for profile in profiles if profile.codes]
    heavy = [profile for profile in profiles if _worth(profile)]
    said = ""
    if coded:
        codes = ", ".join(f"{value:g}" for value, _ in coded[0].codes)
        others = f", as may {counted(len(coded) - 1, 'other column')}" if len(coded) > 1 else ""
        said += (
            f" **{escape(coded[0].name, 40)}** may hold codes for missing values ({escape(codes)}){others}."
        )
    if heavy:
        names = ", ".join(f"**{escape(profile.name, 40)}**" for profile in heavy[:3])
        others = f" and {counted(len(heavy) - 3, 'other')}" if len(heavy) > 3 else ""
        said += f" A clamp is worth trying on {names}{others}."
    return said


def _worth(profile: ColumnProfile) -> bool:
    return profile.suggestion is not None and profile.suggestion.policy.id != "none"


def _first_to_look_at(drawn: list[ColumnProfile]) -> ColumnProfile:
    return next(
        (each for each in drawn if each.codes), next((each for each in drawn if _worth(each)), drawn[0])
    )


def column(dataset: Dataset, profiles: list[ColumnProfile]) -> None:
    picked = spreadsheet.table(
        tables.columns(profiles),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_config=tables.COLUMNS,
        placeholder="–",
        key=f"columns:{dataset.id}",
        alt="One line for each column of the dataset",
    )
    rows = picked.selection.rows
    drawn = [profile for profile in profiles if profile.histogram is not None]
    texts = files.texts(state.settings(), dataset.id)
    if rows:
        profile = profiles[rows[0]]
    elif drawn:
        profile = next((each for each in drawn if each.name == dataset.target), _first_to_look_at(drawn))
    else:
        profile = next((each for each in profiles if each.name in texts), profiles[0])
    st.subheader(escape(profile.name))
    st.caption(
        f"{counted(profile.count, 'row')} · {share(profile.missing, profile.count)} missing · "
        f"{number(profile.positive_infinite + profile.negative_infinite)} infinite · "
        f"{number(profile.distinct)} distinct"
        + (f" · mean {number(profile.mean)} · std {number(profile.std)}" if profile.mean is not None else "")
        + ("" if rows else " · pick a line above to see another column")
    )
    column_types.override(dataset, profile.name)
    missing_codes.offer(dataset, profile)
    if profile.name in texts:
        prose.shown(dataset, profiles, texts[profile.name])
    else:
        columns.one(profile)
    columns.against(dataset)


def actions(dataset: Dataset) -> None:
    with st.container(horizontal=True):
        if st.button(
            "Look at the pixel range" if dataset.image else "Look at the tails",
            type="primary",
            icon=":material/content_cut:",
        ):
            st.switch_page("../../pages/clamp.py", query_params={"dataset": dataset.id})
        if st.button("Other datasets", icon=":material/arrow_back:"):
            state.close_dataset()
            st.rerun()
        with st.popover("Rename", icon=":material/edit:"):
            key = f"rename:{dataset.id}:{dataset.revision}"
            with st.form(f"{key}:form", border=False):
                st.text_input("Name", value=dataset.name, max_chars=120, key=key)
                st.form_submit_button("Rename it", on_click=rename, args=(dataset, key))
        if st.button(
            "Delete", icon=":material/delete:", help="Removes it from the team's list; it can be undone."
        ):
            state.store().datasets.delete(dataset.id, state.me())
            st.session_state.deleted = dataset
            state.close_dataset()
            st.rerun()


def rename(seen: Dataset, key: str) -> None:
    """Renames the dataset as it was seen: when somebody renamed it meanwhile, that is said, not overwritten."""
    try:
        state.store().datasets.rename(seen.id, st.session_state[key], seen.revision, state.me())
    except ClipvizError as error:
        header.tell(error)


def rejected(dataset: Dataset) -> None:
    what = "image" if dataset.image else "row"
    with st.expander(f"{counted(dataset.rejected, what)} could not be read", icon=":material/warning:"):
        st.dataframe(tables.rejected(files.rejected(state.settings(), dataset.id)), hide_index=True)
        st.download_button(
            "Download this list" if dataset.image else "Download these rows",
            lambda: files.rejected_csv(state.settings(), dataset.id),
            file_name="rejected_rows.csv",
            mime="text/csv",
            icon=":material/download:",
        )


def undo() -> None:
    deleted: Dataset | None = st.session_state.get("deleted")
    if deleted is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"Deleted **{escape(deleted.name)}**.", width="content")
        if st.button("Undo", key="undo"):
            state.store().datasets.restore(deleted.id, state.me())
            del st.session_state.deleted
            state.open_dataset(deleted.id)
            st.rerun()


undo()
uploads.follow()
current = state.current_dataset()
if current is None:
    gallery()
else:
    one(current)
