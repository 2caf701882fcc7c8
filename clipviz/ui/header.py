"""The slim line on top of every page: the journey, what is on the table, who you are, the link."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from clipviz.core.errors import ClipvizError, NotFound
from clipviz.ui import browser
from clipviz.ui.state import me, store
from clipviz.ui.text import escape, plain

_STYLE = """<style>
.block-container { padding-top: 1.1rem; padding-bottom: 4rem; max-width: 84rem; }
.st-key-header { border-bottom: 1px solid var(--st-border-color); padding-bottom: 0.4rem; }
header[data-testid="stHeader"] { background: transparent; height: 0; }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
</style>"""


def header(pages: list[StreamlitPage]) -> None:
    """Draws the menu with the current objects in its links, so that they travel along."""
    st.html(_STYLE)
    with st.container(horizontal=True, vertical_alignment="center", key="header", gap="small"):
        st.markdown("**:primary[clip]viz**", width="content")
        for page in pages:
            st.page_link(page, query_params=_travelling(page.url_path or "data"))
        st.space("stretch")
        browser.copy_link()
        _name()
    _on_the_table()
    for error in st.session_state.pop("problems", []):
        problem(error)


def _travelling(page: str) -> dict[str, str]:
    carried = {}
    if "dataset" in st.session_state and page != "compare":
        carried["dataset"] = st.session_state.dataset
        recipe = st.query_params.get("recipe")
        if recipe and page in ("clamp", "train"):
            carried["recipe"] = recipe
    return carried


def _on_the_table() -> None:
    if "dataset" not in st.session_state:
        return
    try:
        name = store().datasets.get(st.session_state.dataset).name
    except NotFound:
        return
    recipe = st.query_params.get("recipe")
    st.caption(f"Dataset **{escape(name)}**" + (f" · recipe `{plain(recipe, 16)}`" if recipe else ""))


def _name() -> None:
    with st.popover(escape(me(), 20), icon=":material/person:"):
        chosen = st.text_input(
            "Your name",
            value="" if me() == "Guest" else me(),
            max_chars=40,
            key="display_name",
            placeholder="e.g. Ada",
            help="Marks what you upload and start. Kept in this browser; it is a label, not a login.",
        )
        if st.button("Keep this name", key="keep_name") and chosen and plain(chosen).strip():
            st.session_state.name = plain(chosen, 40).strip()
            st.session_state.name_to_keep = st.session_state.name
            st.rerun()
    if "name_to_keep" in st.session_state:
        browser.remember_name(st.session_state.name_to_keep)


def tell(error: ClipvizError) -> None:
    """Keeps an error of a callback until the page that follows shows it."""
    st.session_state.setdefault("problems", []).append(error)


def problem(error: ClipvizError) -> None:
    """An error in the user's words."""
    st.error(escape(str(error), 600), icon=":material/error:")
