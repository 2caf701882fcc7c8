"""Compare: did it help?"""

import streamlit as st

from clipviz.core.errors import NotFound
from clipviz.core.run import Run
from clipviz.ui import comparison, header, runs, state, tables
from clipviz.ui.text import escape, number


def chosen() -> list[Run]:
    """The runs of the link; those that are malformed, deleted or unknown are named, the others shown."""
    found = []
    for run_id in dict.fromkeys(filter(None, st.query_params.get("runs", "").split(","))):
        try:
            found.append(comparison.run(run_id))
        except NotFound as error:
            header.problem(error)
    return found


def team(picked: list[Run]) -> None:
    known = state.store().runs.list(limit=500)
    if not known:
        st.info("No runs yet. Start one on the Train page, and it appears here for the whole team.")
        st.page_link("../../pages/train.py", label="Go to Train", icon=":material/model_training:")
        return
    filtered = comparison.narrow(known)
    table = st.dataframe(
        comparison.table(filtered),
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        column_config=comparison.COLUMNS,
        key=f"runs:{tables.fingerprint(run.id for run in filtered)}",
        selection_default={
            "selection": {"rows": [i for i, run in enumerate(filtered) if run.id in {p.id for p in picked}]}
        },
        alt="Runs of the team",
    )
    ids = [filtered[row].id for row in table.selection.rows]
    hidden = [run.id for run in picked if run.id not in {each.id for each in filtered}]
    wanted = ",".join([*ids, *hidden])
    if wanted != ",".join(run.id for run in picked) and set(wanted.split(",")) != {run.id for run in picked}:
        if wanted:
            st.query_params["runs"] = wanted
        else:
            del st.query_params["runs"]
        st.rerun()


def side_by_side(picked: list[Run]) -> None:
    recipes = {run.id: state.store().recipes.get(run.recipe).recipe for run in picked}
    st.subheader("What differs between their recipes")
    differences = comparison.differences(picked, recipes)
    if differences.empty:
        st.write(
            "Nothing: these runs have the same recipe."
            if len(picked) > 1
            else "Pick a second run to see differences."
        )
    else:
        st.dataframe(differences, hide_index=True, alt="Fields in which the recipes differ")
    st.subheader("Final metrics on the raw test rows")
    st.dataframe(comparison.metrics(picked), hide_index=True, alt="Final metrics of the chosen runs")
    if comparison.mixed(picked, recipes):
        st.warning(
            "These runs do not share dataset, target and split, so their metrics are not comparable.",
            icon=":material/warning:",
        )
    elif len(picked) > 1:
        st.caption(
            "One seed each tells little: a difference can be luck. Clone a run with other seeds before you believe it."
        )
    runs.live(picked)


st.title("Did it help?")
picked = chosen()
if picked:
    st.write(
        ("One run: " if len(picked) == 1 else f"{number(len(picked))} runs side by side: ")
        + " · ".join(f"**{escape(run.name, 40)}**" for run in picked)
        + "."
    )
else:
    st.write(
        "Pick runs in the table to lay their curves over each other. The address bar becomes a link to the view."
    )
team(picked)
if picked:
    side_by_side(picked)
