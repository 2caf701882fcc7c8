"""The script behind every page: the menu, the header, the page, and what is said when a page cannot be drawn."""

import logging
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from clipviz.core.errors import ClipvizError, Deleted
from clipviz.ui import forms, header
from clipviz.ui.state import me, store

_log = logging.getLogger("clipviz")


def main() -> None:
    st.set_page_config(
        page_title="clipviz", page_icon=str(Path(__file__).with_name("icon.svg")), layout="wide"
    )
    pages = [
        st.Page("../../pages/data.py", title="Data", icon=":material/table:", default=True),
        st.Page("../../pages/clamp.py", title="Clamp", icon=":material/content_cut:"),
        st.Page("../../pages/train.py", title="Train", icon=":material/model_training:"),
        st.Page("../../pages/compare.py", title="Compare", icon=":material/stacked_line_chart:"),
        st.Page("../../pages/lab.py", title="Lab", icon=":material/science:"),
        st.Page("../../pages/guide.py", title="Guide", icon=":material/menu_book:"),
    ]
    page = st.navigation(pages, position="hidden")
    with header.header(pages, page):
        try:
            forms.begin()
            page.run()
        except Deleted as error:
            header.problem(error)
            _restore(pages[0])
        except ClipvizError as error:
            header.problem(error)
            st.page_link(pages[0], label="Back to the team's datasets", icon=":material/arrow_back:")
        except Exception:  # the boundary of a page: nobody is shown a traceback, nothing is lost
            _log.exception("page %s failed", page.url_path)
            st.error(
                "This page could not be drawn; nothing that was stored is lost. "
                "Reload it; if it happens again, the server's log holds the reason.",
                icon=":material/error:",
            )


def _restore(datasets: StreamlitPage) -> None:
    """From a link to something deleted: bring it back, or begin anew."""
    kind = next((kind for kind in ("run", "sweep") if kind in st.query_params), "dataset")
    with st.container(horizontal=True, vertical_alignment="center"):
        if linked := st.query_params.get(kind):
            st.button(f"Restore this {kind}", type="primary", on_click=_bring_back, args=(kind, linked))
        st.page_link(datasets, label="Back to the team's datasets", icon=":material/arrow_back:")


def _bring_back(kind: str, linked: str) -> None:
    try:
        if kind == "run":
            store().runs.restore(linked, me())
        elif kind == "sweep":
            store().sweeps.restore(linked, me())
        else:
            store().datasets.restore(linked, me())
    except ClipvizError as error:
        header.tell(error)


main()
