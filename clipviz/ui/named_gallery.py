"""Public data sets by name: what they are, where they come from, and a button that brings them here."""

import streamlit as st

from clipviz.core.errors import ClipvizError
from clipviz.datasets import named
from clipviz.datasets.named_catalogue import Named
from clipviz.ui import header, state
from clipviz.ui.text import size

IN_A_ROW = 3


def shown() -> None:
    """The gallery, folded; a failed download says why and where to put the file by hand."""
    with st.expander("Well-known data sets, from the network", icon=":material/public:"):
        known = named.known()
        for start in range(0, len(known), IN_A_ROW):
            for column, each in zip(st.columns(IN_A_ROW), known[start : start + IN_A_ROW], strict=False):
                with column, st.container(border=True, height="stretch"):
                    st.markdown(f"**{each.title}**")
                    st.caption(each.description)
                    st.caption(f"{each.origin}. Licence: {each.licence}. It is {each.checked}.")
                    st.space("stretch")
                    if st.button("Get it", key=f"named.{each.id}", help=f"Download {each.title} and open it"):
                        _get(each)


def _get(each: Named) -> None:
    bar = st.progress(0.0, f"Asking for {each.title} …")

    def progress(here: int, whole: int) -> None:
        share = min(1.0, here / whole) if whole else 0.0
        bar.progress(share, f"{each.title}: {size(here)}" + (f" of {size(whole)}" if whole else ""))

    try:
        dataset = named.load(each.id, state.settings(), state.me(), progress)
        dataset = state.store().datasets.add(dataset)
    except ClipvizError as error:
        bar.empty()
        header.problem(error)
        return
    state.open_dataset(dataset.id)
    st.rerun()
