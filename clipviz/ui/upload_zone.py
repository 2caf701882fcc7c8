"""The drop zone: sends files to a route of ours as a stream, with progress and cancel for each."""

from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
MOST_FILES = 200_000

_component = st.components.v2.component(
    "clipviz_upload_zone",
    css=(_HERE / "upload_zone.css").read_text(encoding="utf-8"),
    js=(_HERE / "upload_zone.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def upload_zone(megabytes: int, key: str) -> list[tuple[str, str]]:
    """Draws the zone; (hash of the upload, the file's own name or path) of each file, in the run after they arrived.

    What comes back was said by a browser: the hash names an upload, or nothing, and the name is user text.
    """
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    result = _component(
        key=key,
        data={"root": f"/{base}/" if base else "/", "megabytes": megabytes},
        on_arrived_change=lambda: None,
    )
    arrived = result.get("arrived") or []
    if not isinstance(arrived, list):
        return []
    return [
        (str(each.get("source", "")), str(each.get("name", "")) or "upload")
        for each in arrived[:MOST_FILES]
        if isinstance(each, dict)
    ]
