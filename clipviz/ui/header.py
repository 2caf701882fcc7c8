"""The slim line on top of every page: the journey, what is on the table, who you are, the link."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from clipviz.core.errors import ClipvizError
from clipviz.ui import browser, draft_link, drafts
from clipviz.ui.state import COLUMN, column_key, me, store
from clipviz.ui.text import escape, plain

_STYLE = """<style>
.block-container { padding-top: 1.1rem; padding-bottom: 4rem; max-width: 84rem; }
[data-testid="stPageLink"] a:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: -1px; }
[data-testid="stPageLink"] a p { text-overflow: ellipsis; overflow: hidden; }
.st-key-header { border-bottom: 1px solid var(--st-border-color); padding-bottom: 0.4rem; }
header[data-testid="stHeader"] { background: transparent; height: 0; }
.st-key-unseen, .st-key-unseen-address { display: none; }
.st-key-multiples, .st-key-wall { overflow-x: auto; }
.st-key-wall img { max-width: none !important; }
@media (max-width: 640px) { .st-key-moments [data-testid="stColumn"] { min-width: calc(50% - 1rem); } }
/* Streamlit's own CSV of a table spells formulas as they are; our downloads take their effect away. */
[data-testid="stElementToolbarButton"]:has(button[aria-label^="Download as CSV"]) { display: none; }
[class*="st-key-csv-of"] { margin-top: -0.9rem; margin-bottom: -0.4rem; }
[class*="st-key-csv-of"] button { min-height: 0; padding: 0; opacity: 0.75; }
[class*="st-key-csv-of"] button * { font-size: 0.75rem; }
[class*="st-key-csv-of"] button:hover, [class*="st-key-csv-of"] button:focus-visible { opacity: 1; }
@media (max-width: 640px) { /* the menu on one line */
  .st-key-header [data-testid="stPageLink"] a > span:has([data-testid="stIconMaterial"]) { display: none; }
  .st-key-header [data-testid="stPageLink"] a { padding: 0.15rem 0.35rem; }
  .st-key-header [data-testid="stPageLink"] p { font-size: 0.85rem; }
  .st-key-header { column-gap: 0.2rem; row-gap: 0.35rem; }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
</style>"""


@contextmanager
def header(pages: list[StreamlitPage], open_page: StreamlitPage) -> Iterator[None]:
    """Draws the menu around a page: the current objects travel along in its links.

    Every line has a slot that is always there. A line that came and went would move, and so remount, all
    below it, and close what people have open. The line of what is on the table is written last: the page knows.
    """
    st.html(_STYLE)
    with st.container(horizontal=True, vertical_alignment="center", key="header", gap="small"):
        st.markdown("**:primary[clip]viz**", width="content")
        for page in pages:
            st.page_link(page, query_params=_travelling(page.url_path or "data"))
        st.space("stretch")
        browser.copy_link()
        _name()
    browser.remember_name(st.session_state.get("name_to_keep", ""))
    table, problems = st.container(), st.container()
    with problems:
        for error in st.session_state.pop("problems", []):
            problem(error)
    try:
        yield
    finally:
        with table:
            _on_the_table(open_page.url_path)


def _travelling(page: str) -> dict[str, str]:
    carried = {}
    if "dataset" in st.session_state and page not in ("compare", "guide"):
        carried["dataset"] = st.session_state.dataset
        recipe = st.query_params.get("recipe")
        if recipe and page in ("clamp", "train"):
            carried["recipe"] = recipe
    return carried


def _on_the_table(page: str) -> None:
    dataset = st.session_state.get("dataset", "")
    try:
        name = store().datasets.get(dataset).name
    except ClipvizError:
        st.caption("Runs of all datasets." if page == "compare" else "No dataset on the table yet.")
        return
    known: drafts.Draft | None = st.session_state.get("drafts", {}).get(dataset)
    edited = known is not None and known.edited
    writes = page in ("clamp", "train") and "run" not in st.query_params
    link = known.link if writes and known is not None else ""
    st.caption(f"Dataset **{escape(name)}**{_recipe(edited, link)}")
    _address(page, dataset, link, ask=edited and not link)
    if known is not None and known.aside is not None:
        _set_aside(dataset)


def _address(page: str, dataset: str, link: str, ask: bool) -> None:
    """Keeps in the address bar what a reload would lose."""
    looked_at = st.session_state.get(column_key(dataset), "") if page == "clamp" else ""
    values = {draft_link.PARAMETER: link, COLUMN: looked_at}
    others = {name: value for name, value in st.query_params.to_dict().items() if name not in values}
    browser.keep_in_address(values, ask, f"{page} {others}")


def _set_aside(dataset: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(
            "Another recipe was opened over changes that you had not saved. They are kept, set aside.",
            icon=":material/inventory_2:",
        )
        st.button("Bring them back", key="aside.back", on_click=drafts.bring_back, args=(dataset,))
        st.button(
            "Forget them", key="aside.gone", type="tertiary", on_click=drafts.forget_aside, args=(dataset,)
        )


def _recipe(edited: bool, link: str) -> str:
    """Which recipe the address bar names, and whether what is on the page has moved on from it. link: its changes."""
    linked = st.query_params.get("recipe")
    named = f" · recipe {plain(linked, 16)}" if linked else ""
    if link:
        return f"{named} · **edited, not saved**: the link holds the changes"
    return f"{named} · **edited, not saved: the link shows the saved one**" if named and edited else named


def _name() -> None:
    with st.popover(escape(me(), 20), icon=":material/person:"), st.form("name_form", border=False):
        st.text_input(
            "Your name",
            value="" if me() == "Guest" else me(),
            max_chars=40,
            key="display_name",
            placeholder="e.g. Ada",
            help="Marks what you upload and start. Kept in this browser; it is a label, not a login.",
        )
        st.form_submit_button("Keep this name", on_click=_keep_name)


def _keep_name() -> None:
    name = plain(st.session_state.display_name, 40).strip()
    if name:
        st.session_state.name = st.session_state.name_to_keep = name


def tell(error: ClipvizError) -> None:
    """Keeps an error of a callback until the page that follows shows it."""
    st.session_state.setdefault("problems", []).append(error)


def problem(error: ClipvizError) -> None:
    """An error in the user's words."""
    st.error(escape(str(error), 600), icon=":material/error:")
