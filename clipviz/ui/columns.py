"""One column of a dataset, drawn and in numbers; and all columns against a target."""

import streamlit as st

from clipviz.analysis import association
from clipviz.charts.column_histogram import column_histogram
from clipviz.charts.palette import palette
from clipviz.core.dataset import Dataset
from clipviz.core.errors import ClipvizError
from clipviz.core.profile import ColumnProfile, Histogram
from clipviz.core.recipe import Data, Recipe
from clipviz.ui import clamps, header, spreadsheet, state, tables
from clipviz.ui.drawing import Drawing, drawn
from clipviz.ui.text import escape, number, plain

SHOWN = {
    name: st.column_config.NumberColumn(format="%.4g")
    for name in ("strength", "median, training", "median, test", "distance", "value")
} | {
    name: st.column_config.NumberColumn(format="percent")
    for name in ("missing, training", "missing, test", "test beyond training")
}

ALONE = 0.9


def one(profile: ColumnProfile) -> None:
    """The histogram of a column, what is suggested for it and why, and its numbers; or its commonest words."""
    if profile.suggestion is not None and not profile.codes:  # those have their own line, and a button
        policy = profile.suggestion.policy
        advice = "Nothing to clamp" if policy.id == "none" else f"Worth trying: **{clamps.in_words(policy)}**"
        st.markdown(
            f"{advice}. {profile.suggestion.pattern.capitalize()}: {escape(profile.suggestion.reason, 300)}."
        )
    if profile.histogram is not None:
        _drawn(profile)
        with st.expander("In numbers", icon=":material/pin:"):
            spreadsheet.table(
                tables.numbers(profile), hide_index=True, column_config=SHOWN, alt="Quantiles and moments"
            )
            if profile.tails is not None and profile.tails.k:
                st.caption(
                    f"Tail indices by Hill's estimate from the {number(profile.tails.k)} values farthest from the "
                    "median on each side; all other numbers are exact, from every finite value."
                )
    elif profile.levels:
        spreadsheet.table(tables.levels(profile), hide_index=True, alt="Most frequent values")


def _drawn(profile: ColumnProfile) -> None:
    assert profile.histogram is not None
    column = tables.fingerprint([profile.name])
    with st.container(horizontal=True):
        log = st.toggle(
            "Logarithmic counts",
            value=lopsided(profile.histogram),
            key=f"data.log:{column}",
            help="Shows bins with few rows, where tails live.",
        )
        wide = profile.log_histogram is not None and st.toggle(
            "Every magnitude",
            key="data.magnitudes",
            help="Bins that grow by a constant factor: each is as wide as the next on a logarithmic axis.",
        )
    chosen = profile.log_histogram if wide and profile.log_histogram is not None else profile.histogram
    figure = column_histogram(
        profile.name, chosen, palette(st.context.theme.type), log_counts=log, by_magnitude=bool(wide)
    )
    key = f"data.histogram:{column}:{wide}"
    said = f"Histogram of {plain(profile.name)}"
    drawn(
        [Drawing(said, figure, said, heading=False)],
        key,
    )


def lopsided(histogram: Histogram) -> bool:
    """Whether one bin holds so many of the values that linear counts would show nothing else."""
    drawn = (*histogram.counts, histogram.below, histogram.above)
    return sum(count > 0 for count in drawn) > 1 and max(drawn) > ALONE * sum(drawn)


def against(dataset: Dataset) -> None:
    """How the columns go with a target, and training beside test rows, of the split that recipes start with."""
    with st.expander("Against a target", icon=":material/join_inner:"):
        names = [column.name for column in dataset.columns if column.kind not in ("empty", "date")]
        target = st.selectbox(
            "Column to predict",
            names,
            index=names.index(dataset.target) if dataset.target in names else None,
            format_func=lambda name: escape(name),
            placeholder="pick a column",
            key=f"data.target:{dataset.id}",
        )
        if target is None:
            st.caption(
                "Pick a column, to see which others go with it, and whether training and test rows look alike."
            )
            return
        try:
            strengths, beside = _found(dataset, dataset.id, target)
        except ClipvizError as error:
            header.problem(error)
            return
        spreadsheet.table(
            tables.associations(strengths),
            hide_index=True,
            column_config=SHOWN,
            alt="Strength of each column's association with the target",
        )
        st.caption(
            "On training rows only: Spearman's rank correlation, or, with groups, the share of ranks they explain "
            "(correlation ratio) and Cramér's V. An association is no proof of a cause."
        )
        spreadsheet.table(
            tables.sides(beside),
            hide_index=True,
            column_config=SHOWN,
            alt="Each number column on training and on test rows",
        )
        st.caption(
            "Training beside test rows of a random split. Distance is Kolmogorov and Smirnov's: 0 for the same "
            "distribution, 1 for two that do not overlap."
        )


@st.cache_resource(max_entries=16, show_spinner="Comparing the columns …")
def _found(
    _dataset: Dataset, dataset_id: str, target: str
) -> tuple[list[association.Association], list[association.Sides]]:
    table = state.table(_dataset, Recipe(data=Data(dataset=dataset_id, target=target)))
    return association.associations(table), association.sides(table)
