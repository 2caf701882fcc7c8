"""One page that shows the runs of its link, as Train and Compare do."""

import streamlit as st

from clipviz.charts.palette import palette
from clipviz.charts.panels import compare_panels, train_panels
from clipviz.core.settings import Settings
from clipviz.store import open as open_store
from clipviz.ui.live_chart import RunLine, live_chart

st.set_page_config(layout="wide")
store = st.cache_resource(open_store)(Settings.from_environment().store_url)
ids = st.query_params.get("runs", "").split(",")
runs = [store.runs.get(id) for id in ids]
names = [store.telemetry.series(id) for id in ids]
ink = palette(st.context.theme.type).series
st.session_state.scripts = st.session_state.get("scripts", 0) + 1
st.write(f"Script run {st.session_state.scripts}, drawn for {', '.join(run.state.value for run in runs)}")
st.button("Run again")
moved = live_chart(
    [
        RunLine(run.id, run.name, ink[at % len(ink)], run.state.value, bool(known))
        for at, (run, known) in enumerate(zip(runs, names, strict=True))
    ],
    train_panels(names[0]) if len(runs) == 1 else compare_panels(names),
    key="live",
)
st.write(f"Moved: {moved}")
