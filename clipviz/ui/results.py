"""What a run ended with, in a sentence, in numbers and in tables."""

import pandas as pd
import streamlit as st

from clipviz.analysis import clamping
from clipviz.core.ledger import Ledger
from clipviz.core.recipe import Recipe
from clipviz.core.run import Result, Run, State
from clipviz.core.table import Table
from clipviz.ui import clamp_groups, spreadsheet
from clipviz.ui.text import counted, escape, number, plain, share

MAIN = ("mae", "accuracy")
PERCENTILES = (("p50", "median"), ("p90", "90 %"), ("p99", "99 %"), ("largest", "largest"))
TITLES = {
    "mae": "MAE",
    "rmse": "RMSE",
    "r2": "R²",
    "accuracy": "Accuracy",
    "macro_f1": "F1 (macro)",
    "macro_recall": "Recall (macro)",
    "log_loss": "Log loss",
}


def parsed(run: Run) -> Result:
    return Result.model_validate(run.result)


def summary(run: Run) -> None:
    """The metrics on the test rows, each beside what a constant prediction reaches."""
    result = parsed(run)
    ended = {State.FINISHED: "Finished", State.STOPPED: "Stopped", State.FAILED: "Failed"}[run.state]
    st.markdown(
        f"**{ended}** after {number(result.steps)} steps and {number(result.seconds, 3)} s on {escape(run.device)}"
        + (f": {escape(run.reason.rstrip('.'), 300)}" if run.reason else "")
        + f". The weights are those of step {number(result.best_step)}, the best on the validation rows."
    )
    st.markdown(against_constant(result))
    for caution in result.cautions:
        st.warning(escape(caution, 300), icon=":material/warning:")
    cells = st.columns(max(1, len(result.metrics)))
    for cell, (name, value) in zip(cells, result.metrics.items(), strict=False):
        beside = f"a constant prediction: {number(result.baseline.get(name))}"
        cell.metric(
            f"Test {TITLES.get(name, name)}",
            number(value),
            beside,
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
    st.caption(
        "On the test rows as they are: none was left out, no target was clamped, no bound was fitted on them."
    )


def against_constant(result: Result) -> str:
    """Whether the network learned anything: its main metric against the best constant prediction."""
    name = next(name for name in MAIN if name in result.metrics)
    value, constant = result.metrics[name], result.baseline.get(name)
    if value is None or constant is None:
        return f"Its test {TITLES[name]} is not finite: **the network did not learn to predict**."
    better = value < constant if name == "mae" else value > constant
    if not better:
        advice = (
            "Where a few targets lie far out, take the Huber loss; else look" if name == "mae" else "Look"
        )
        return (
            f"**No better than a constant prediction**: test {TITLES[name]} {number(value)} against "
            f"{number(constant)}. {advice} at the learning rate, or for inputs that say more."
        )
    if name == "mae":
        return (
            f"Its typical error is **{1 - value / constant:.0%} smaller** than that of a constant prediction."
        )
    return (
        f"It is right on **{value:.1%}** of the test rows; always naming the commonest class, {constant:.1%}."
    )


def details(run: Run, recipe: Recipe, table: Table | None) -> None:
    """What each clip did, metrics by split, learned thresholds and input bounds."""
    result = parsed(run)
    st.subheader("What clipping did")
    st.markdown(inputs_in_words(result, recipe, table))
    st.markdown(clipping_in_words(result, recipe))
    if result.health is not None:
        told = result.health.ledger
        spreadsheet.table(
            ledger(told), hide_index=True, alt="Clip ledger: norms before and after the clip, by layer"
        )
        st.caption(
            f"{counted(told.steps, 'step')}: {counted(told.fired, 'step')} clipped, {number(told.skipped)} left out, "
            f"{number(told.non_finite)} not finite, {counted(told.spikes, 'spike')}. Norms after the clip are over the "
            "steps that were taken; percentiles are accurate to 2 %."
        )
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Metrics by rows**")
        spreadsheet.table(metrics(result), alt="Metrics on training, validation and test rows")
    with right:
        if result.thresholds:
            st.markdown("**Learned thresholds**")
            spreadsheet.table(thresholds(result), hide_index=True, alt="Learned thresholds by layer")
        closed = bounds(result)
        if len(closed):
            st.markdown("**Input bounds inside the model**")
            spreadsheet.table(closed, hide_index=True, alt="Input bounds by column")
        clamp_groups.recorded(result.groups)
    for note in result.notes:
        st.caption(escape(note, 300))


def inputs_in_words(result: Result, recipe: Recipe, table: Table | None) -> str:
    """How many rows the input clamps touched, of those trained on and of those tested on."""
    closed = sum(low is not None or high is not None for low, high in result.bounds.values())
    if not closed:
        return "No input was clamped."
    words = f"The input clamps bound {counted(closed, 'column')}"
    if table is None:
        return f"{words}."
    train = clamping.rows_touched(table, recipe.inputs, table.train)
    test = clamping.rows_touched(table, recipe.inputs, table.test)
    words += (
        f" and touch {share(train, len(table.train))} of the training rows and {share(test, len(table.test))}"
    )
    return f"{words} of the test rows." if train else f"{words} of the test rows: **this equals no clamp**."


def clipping_in_words(result: Result, recipe: Recipe) -> str:
    """What the gradient clip was in this run."""
    if result.health is None:
        return (
            "No gradient clip was used."
            if recipe.gradient.id == "none"
            else "The run said nothing of its steps."
        )
    kind, _, rest = result.health.ledger.words.partition(": ")
    return f"**{escape(kind)}**: {escape(rest, 600)}" if rest else escape(kind, 600)


def ledger(result: Ledger) -> pd.DataFrame:
    """The clip ledger: a row for the whole gradient, then one for each layer."""
    return pd.DataFrame(
        [
            {
                "gradient of": entry.layer,
                "steps clipped": "–" if entry.clipped_share is None else f"{entry.clipped_share:.1%}",
                **{f"norm {name}": number(getattr(entry.before, field), 3) for field, name in PERCENTILES},
                **{f"clipped {name}": number(getattr(entry.after, field), 3) for field, name in PERCENTILES},
            }
            for entry in result.entries
        ]
    )


def metrics(result: Result) -> pd.DataFrame:
    rows = {
        "training": result.train,
        "validation": result.validation,
        "test": result.metrics,
        "constant": result.baseline,
    }
    return pd.DataFrame(
        {
            TITLES.get(name, name): [number(values.get(name)) for values in rows.values()]
            for name in result.metrics
        },
        index=pd.Index(rows, name="rows"),
    )


def thresholds(result: Result) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"layer": layer, "threshold": ", ".join(number(value) for value in values)}
            for layer, values in result.thresholds.items()
        ]
    )


def bounds(result: Result) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "column": plain(name),
                "lo": "open" if low is None else number(low),
                "hi": "open" if high is None else number(high),
            }
            for name, (low, high) in result.bounds.items()
            if low is not None or high is not None
        ]
    )
