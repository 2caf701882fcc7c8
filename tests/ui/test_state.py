"""What the first look at the store does in the life of a server."""

from pathlib import Path

import pytest
import streamlit as st

from clipviz.core.recipe import Data, Recipe
from clipviz.core.settings import Settings
from clipviz.store import open as open_store
from clipviz.ui import state
from tests.store.conftest import dataset_named


def test_a_server_that_starts_again_sees_to_what_was_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIPVIZ_HOME", str(tmp_path / "home"))
    woken: list[Settings] = []
    monkeypatch.setattr(state, "ensure_runner", woken.append)
    st.cache_resource.clear()
    state.store().close()
    assert woken == []
    with open_store(Settings.from_environment().store_url) as store:
        data = Data(dataset=store.datasets.add(dataset_named("houses")).id, target="y")
        saved = store.recipes.add(Recipe(data=data), "plain", "Ada")
        store.runs.submit(saved.id, "left", "Ada", owner="dead:1", lease_seconds=1)
    st.cache_resource.clear()
    state.store()
    state.store().close()
    assert len(woken) == 1
    st.cache_resource.clear()
