"""The pictures of a verdict: on the page in its theme, in the report in both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from clipviz.analysis.verdict import doses
from clipviz.analysis.verdict.gather import Group
from clipviz.analysis.verdict.verdict import Verdict
from clipviz.charts.bands import bands
from clipviz.charts.contamination import Dosed, contamination
from clipviz.charts.cost_gain import cost_gain
from clipviz.charts.forest import forest
from clipviz.charts.interaction import interaction
from clipviz.charts.levels import levels
from clipviz.charts.palette import Palette, palette
from clipviz.charts.seed_points import seed_points
from clipviz.core.sweep import Sweep
from clipviz.runs.sweeps import titles
from clipviz.ui import verdict_figures
from clipviz.ui.drawing import Drawing, drawn
from clipviz.ui.text import counted


@dataclass(frozen=True)
class Picture:
    """draw: the figure in the colours of a theme. half: narrow enough to stand beside another."""

    name: str
    title: str
    alt: str
    draw: Callable[[Palette], Any]
    caption: str = ""
    half: bool = False


def pictures(
    verdict: Verdict, groups: Sequence[Group], sweep: Sweep | None = None, everything: Sequence[Group] = ()
) -> list[Picture]:
    """What there is to draw. groups: the arms of the verdict; everything: those of all doses of outliers."""
    found = [
        _dirt(verdict, everything),
        _differences(verdict),
        _seeds(verdict),
        _curves(verdict, groups),
        _cost(verdict),
    ]
    if sweep is not None:
        found += [_levels(sweep, verdict), _interaction(sweep, verdict)]
    return [picture for picture in found if picture is not None]


def show(found: Sequence[Picture], key: str) -> None:
    """Two narrow ones side by side, the others one below the other."""
    halves = [picture for picture in found if picture.half]
    beside = st.columns(len(halves), gap="large") if halves else []
    columns = dict(zip([each.name for each in halves], beside, strict=True))
    for picture in found:
        if picture.name not in columns:
            _show(picture, key)
        else:
            with columns[picture.name]:
                _show(picture, key)


def _show(picture: Picture, key: str) -> None:
    st.subheader(picture.title)
    figure = picture.draw(palette(st.context.theme.type))
    drawn([Drawing(picture.title, figure, picture.alt, heading=False)], key=f"{picture.name}:{key}")
    if picture.caption:
        st.caption(picture.caption)


def _differences(verdict: Verdict) -> Picture:
    margin = verdict.comparisons[0].margin if verdict.comparisons else None
    lines, axis = verdict_figures.lines(verdict), verdict_figures.axis(verdict)
    return Picture(
        "forest", "Difference from the reference", "Difference of each arm with its 95 % interval",
        lambda colours: forest(lines, axis, colours, margin), half=True,
    )  # fmt: skip


def _seeds(verdict: Verdict) -> Picture:
    title = f"test {verdict.metric.title}"
    points = verdict_figures.points(verdict)
    left = len(verdict.arms) - len(points)
    return Picture(
        "seeds", "Every seed", "The metric of every run by arm, seeds joined",
        lambda colours: seed_points(points, title, colours),
        f"Without the {counted(left, 'arm')} that left early, after fewer seeds." if left else "", half=True,
    )  # fmt: skip


def _curves(verdict: Verdict, groups: Sequence[Group]) -> Picture | None:
    metric = verdict.metric
    drawn = verdict_figures.curves(groups, metric)
    if not any(arm.seeds for arm in drawn):
        return None
    return Picture(
        "curves", f"Validation {metric.title}: median over seeds, and the middle half",
        "The metric on validation rows by step, median and quartiles of each arm",
        lambda colours: bands(drawn, f"validation {metric.title}", colours),
    )  # fmt: skip


def _cost(verdict: Verdict) -> Picture | None:
    bought = verdict_figures.bought(verdict)
    if not bought:
        return None
    return Picture(
        "cost", "Cost against gain", "Training time and gain of each arm beside its reference",
        lambda colours: cost_gain(bought, f"gain in {verdict.metric.title}", colours),
    )  # fmt: skip


def _levels(sweep: Sweep, verdict: Verdict) -> Picture | None:
    """The heatmap over two fields that vary together; none for other sweeps."""
    table = verdict_figures.grid(sweep, verdict)
    if table is None:
        return None
    rows, columns, cells, note = table
    first, second = (titles.of_path(sweep.design.recipe, each.path) for each in sweep.design.vary)
    words = (first, second, f"mean test {verdict.metric.title}")
    lower = verdict.metric.better == "lower"
    return Picture(
        "levels", "The two fields together", "Mean metric of each combination of two fields",
        lambda colours: levels(rows, columns, cells, words, lower, colours), note.strip(),
    )  # fmt: skip


def _interaction(sweep: Sweep, verdict: Verdict) -> Picture | None:
    """One heatmap a gradient clip; none for sweeps that do not vary all three families."""
    found = verdict_figures.interaction(sweep, verdict)
    if found is None:
        return None
    means, note = found
    words, lower = f"mean test {verdict.metric.title}", verdict.metric.better == "lower"
    return Picture(
        "interaction", "Input clamp × activation clip × gradient clip",
        "Mean metric by input clamp and activation clip, one panel a gradient clip",
        lambda colours: interaction(means, words, lower, colours),
        "Inputs down, activations across, one panel a gradient clip. Panels that look alike: the clips act by "
        "themselves. Empty: no such arm. " + note,
    )  # fmt: skip


def _dirt(verdict: Verdict, groups: Sequence[Group]) -> Picture | None:
    """The metric of every policy against the dose of outliers; none where no dose varies."""
    metric = verdict.metric
    found = doses.curves(groups, metric) if groups else None
    if found is None:
        return None
    drawn = [
        Dosed(
            each.policy,
            [(point.dose, point.mean, point.low, point.high) for point in each.points],
            [verdict_figures.dose_note(point, found.percent) for point in each.points],
        )
        for each in found.curves
    ]
    unit = f" in {metric.unit}" if metric.unit else ""
    lost = sum(point.diverged for each in found.curves for point in each.points)
    return Picture(
        "dirt", "How much dirt does it stand?", "The metric of every policy against the outliers put in",
        lambda colours: contamination(drawn, found.axis, f"test {metric.title}{unit}", found.percent, colours),
        "Means over seeds with 95 % t intervals, on test rows whose targets are as they are. A larger dose hits the "
        "same rows and more." + (f" {counted(lost, 'run')} diverged and are not in the means." if lost else ""),
    )  # fmt: skip
