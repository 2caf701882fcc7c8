"""Panels as data: everything that is measured is drawn somewhere, nothing is drawn twice or in the void."""

import json
import re

import pytest

from clipviz.charts.panel import Panel, colours
from clipviz.charts.panels import compare_panels, train_panels
from tests.live_story import EVALUATION, NAMES, STEP


def drawn(panels: list[Panel]) -> set[tuple[str, str]]:
    return {(series.stream, series.name) for panel in panels for series in panel.series}


def test_everything_measured_is_drawn() -> None:
    measured = {("step", name) for name in STEP} | {("evaluation", name) for name in EVALUATION}
    untold = {("step", "coefficient"), ("step", "fired")}  # the norms and the moving share say the same
    assert measured - untold <= drawn(train_panels(NAMES))


def test_nothing_is_drawn_that_is_not_measured() -> None:
    derived = {("step", "clipped_share"), ("step", "spike"), ("step", "rule")}
    for panels in (train_panels(NAMES), compare_panels([NAMES, NAMES])):
        assert drawn(panels) - derived <= {
            (stream, name) for stream, names in NAMES.items() for name in names
        }


def test_recipe_without_clipping_has_no_empty_panels() -> None:
    plain = {"step": ("loss", "gradient_norm"), "evaluation": ("train_loss", "validation_loss")}
    panels = train_panels(plain)
    assert [panel.title for panel in panels] == ["Loss", "Gradient norm"]


def test_usual_panels_stand_before_the_run_has_begun() -> None:
    assert [panel.title for panel in train_panels({})][:2] == ["Loss", "Gradient norm"]
    assert compare_panels([{}, {}])[0].title == "Validation loss"


def test_each_clipped_layer_is_set_against_what_flows_into_it() -> None:
    panels = {panel.title: panel for panel in train_panels(NAMES)}
    names = [series.name for series in panels["Threshold and activations, layer 2"].series]
    assert names == ["threshold/layer 2", *(f"activation/layer 2/{p}" for p in ("p50", "p90", "p99", "p999"))]


def test_classification_is_shown_as_shares() -> None:
    panels = train_panels({"step": ("loss",), "evaluation": ("validation/accuracy", "validation/macro_f1")})
    assert {
        series.kind for panel in panels for series in panel.series if panel.title == "Validation score"
    } == {"share"}


def test_comparison_takes_the_union_and_the_runs_colours() -> None:
    panels = compare_panels([{"evaluation": ("validation_loss",)}, {"step": ("gradient_norm", "fired")}])
    assert {panel.title for panel in panels} == {"Validation loss", "Gradient norm", "Share of steps clipped"}
    assert {series.colour for panel in panels for series in panel.series} == {"run"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_has_a_value(theme: str) -> None:
    named = colours()[theme]
    assert all(re.fullmatch("#[0-9A-Fa-f]{6}", value) for value in named.values())
    used = {series.colour for panel in train_panels(NAMES) for series in panel.series}
    assert used <= set(named)


def test_titles_name_panels_and_data_is_plain() -> None:
    for panels in (train_panels(NAMES), compare_panels([NAMES])):
        titles = [panel.title for panel in panels]
        assert len(set(titles)) == len(titles)
        assert all(panel.title and panel.y_title and panel.help for panel in panels)
        json.dumps([panel.as_data() for panel in panels])


def test_thresholds_of_channels_are_a_band_and_two_bounds_two_lines() -> None:
    step = (
        "threshold/input/lo",
        "threshold/input/hi",
        *(f"threshold/layer 1{end}" for end in ("", "/min", "/max")),
    )
    flows = tuple(f"activation/{place}/p50" for place in ("input", "layer 1", "layer 2"))
    panels = {
        panel.title: panel
        for panel in train_panels({"step": step, "evaluation": (*flows, "informed/layer 1")})
    }
    both, band = panels["Threshold and activations, input"], panels["Threshold and activations, layer 1"]
    assert [series.label for series in both.series][:2] == ["lo", "hi"] and not both.log
    assert [(series.kind, series.upper) for series in band.series][:2] == [
        ("band", "threshold/layer 1/max"),
        ("line", ""),
    ]
    assert band.log and "Activations, layer 2" in panels and "Informing share" in panels


DEEP = {
    "step": tuple(f"threshold/layer {at}" for at in range(1, 21)),
    "evaluation": tuple(f"activation/layer {at}/p99" for at in range(1, 21)),
}


def test_many_layers_run_through_the_colours_and_the_legend_names_some() -> None:
    panels = {panel.title: panel for panel in train_panels(DEEP, ["layer 3"])}
    assert [each for each in panels if "layer" in each] == [
        "Thresholds of all layers", "Threshold and activations, layer 3"
    ]  # fmt: skip
    series = panels["Thresholds of all layers"].series
    assert len(series) == 20 and (series[0].colour, series[-1].colour) == ("depth 0", "depth 15")
    assert [each.label for each in series if each.legend] == ["layer 1", "layer 7", "layer 14", "layer 20"]
    assert {each.colour for each in series} <= set(colours()["light"])


def test_all_layers_have_a_panel_where_nobody_picks() -> None:
    assert sum("layer " in panel.title for panel in train_panels(DEEP)) == 20
    few = train_panels({"step": DEEP["step"][:8]})
    assert sum("layer" in panel.title for panel in few) == 8
