"""The live chart as a page mounts it; what it does in a browser is tested in tests/browser."""

import json

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from clipviz.charts.panels import train_panels
    from clipviz.ui.live_chart import RunLine, live_chart

    moved = live_chart(
        [RunLine("0" * 16, "<b>first</b>", "#0072B2", "running", measured=False)],
        train_panels({}),
        key="live",
    )
    st.write(f"moved: {moved}")


def test_component_gets_runs_panels_colours_and_versions_as_data() -> None:
    app = AppTest.from_function(page).run(timeout=20)
    assert not app.exception
    assert app.markdown[0].value == "moved: None"
    data = json.loads(app.main.children[0].proto.json)
    assert data["root"] == "/"
    assert data["runs"] == [
        {"id": "0" * 16, "label": "<b>first</b>", "colour": "#0072B2", "state": "running", "measured": False}
    ]
    assert data["panels"][0]["title"] == "Loss"
    assert set(data["colours"]) == {"light", "dark"}
    assert data["version"] and data["plotly"]


def test_base_path_of_the_server_leads_to_its_routes() -> None:
    from streamlit import config

    config.set_option("server.baseUrlPath", "/team/clipviz/")
    try:
        app = AppTest.from_function(page).run(timeout=20)
    finally:
        config.set_option("server.baseUrlPath", "")
    assert json.loads(app.main.children[0].proto.json)["root"] == "/team/clipviz/"
