"""The script behind every page: the menu, the header, the page, and what is said when a page cannot be drawn."""

import logging
from pathlib import Path

import streamlit as st

from clipviz.core.errors import ClipvizError
from clipviz.ui import header

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
    ]
    page = st.navigation(pages, position="hidden")
    try:
        header.header(pages)
        page.run()
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


main()
