"""Every page through AppTest, in a home of its own; no process is started."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from clipviz.core.settings import Settings
from clipviz.store import Store
from clipviz.store import open as open_store

MAIN = Path(__file__).parents[2] / "clipviz" / "ui" / "main.py"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The settings that the pages read; caches are empty before and after."""
    monkeypatch.setenv("CLIPVIZ_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("clipviz.runs.submit.ensure_runner", lambda settings: None)
    monkeypatch.setattr("clipviz.ui.runs.ensure_runner", lambda settings: None)
    monkeypatch.setattr("clipviz.ui.state.ensure_runner", lambda settings: None)
    monkeypatch.setattr("clipviz.ui.browser.name_in_browser", lambda: "")  # AppTest has no cookies
    st.cache_resource.clear()
    st.cache_data.clear()
    yield Settings.from_environment()
    st.cache_resource.clear()


@pytest.fixture
def store(home: Settings) -> Iterator[Store]:
    home.home.mkdir(parents=True, exist_ok=True)
    with open_store(home.store_url) as opened:
        yield opened


@pytest.fixture
def page(home: Settings) -> Callable[..., AppTest]:
    """Opens a page with the given query parameters and runs it."""

    def open_page(name: str = "data", **query: str) -> AppTest:
        app = AppTest.from_file(str(MAIN), default_timeout=60)
        app.query_params.update(query)
        app.run()
        if name != "data":
            app.switch_page(f"../../pages/{name}.py")
            app.query_params.update(query)
            app.run()
        assert not app.exception, app.exception
        return app

    return open_page


def words(app: AppTest) -> str:
    """All that a page says, in one text."""
    kinds = (
        app.title,
        app.header,
        app.subheader,
        app.markdown,
        app.caption,
        app.error,
        app.warning,
        app.info,
    )
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def button(app: AppTest, label: str):
    return next(each for each in app.button if each.label == label)
