import json
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from clipviz.analysis.lab.optimisers import TITLES
from clipviz.analysis.lab.surfaces import SURFACES
from clipviz.core.dataset import Dataset
from clipviz.core.discovery import discover
from clipviz.datasets import samples
from tests.pages.conftest import words

Page = Callable[..., AppTest]


def drawn(app: AppTest) -> dict[str, Any]:
    """The figures on a page by title."""
    found = {}
    for element in app.main:
        if element.type == "bidi_component":
            for figure in json.loads(element.proto.json or "{}").get("figures", []):
                found[figure["title"]] = json.loads(figure["spec"])
    return found


def select(app: AppTest, label: str, value: Any, place: int = 0) -> None:
    [each for each in app.selectbox if each.label == label][place].select(value).run()
    assert not app.exception


def slide(app: AppTest, label: str, value: Any) -> None:
    sliders = [each for kind in (app.slider, app.select_slider) for each in kind if each.label == label]
    sliders[0].set_value(value).run()
    assert not app.exception


@pytest.mark.parametrize("family", ["activations", "gradients"])
def test_every_policy_passes_through_the_lab(page: Page, family: str) -> None:
    known = list(discover(f"clipviz.policies.{family}"))
    app = page("lab", tab=family, **{f"p{1 + place % 4}": id for place, id in enumerate(known[:4])})
    for first in range(4, len(known), 4):
        for place, id in enumerate(known[first : first + 4]):
            next(each for each in app.selectbox if each.label == f"Policy {place + 1}").select(id)
        app.run()
        assert not app.exception and not app.warning, words(app)
        assert [app.query_params[f"p{1 + place}"] for place in range(len(known[first : first + 4]))] == known[
            first : first + 4
        ]


def test_a_slider_moves_the_curve_and_the_link(page: Page) -> None:
    app = page("lab")
    before = drawn(app)["Value y"]["data"]
    slide(app, "Start", 1.0)
    after = drawn(app)["Value y"]["data"]
    assert before != after
    assert app.query_params["p2.start"] == "1" and app.query_params["tab"] == "activations"
    teammate = page("lab", **app.query_params)
    assert drawn(teammate)["Value y"]["data"] == after
    assert teammate.query_params == app.query_params


def test_a_malformed_link_is_a_sentence_and_the_default(page: Page) -> None:
    app = page(
        "lab", tab="activations", mean="wide", std="-3", p1="unheard_of", p2="fixed", **{"p2.theta": "0"}
    )
    said = "\n".join(each.value for each in app.warning)
    assert len(app.warning) == 4, said
    for part in ("mean", "wide", "std", "unheard", "theta", "greater than 0"):
        assert part in said.replace("\\", "")
    assert (app.query_params["mean"], app.query_params["p1"], app.query_params["p2.theta"]) == (
        "0",
        "none",
        "6",
    )
    assert "no tab" in words(page("lab", tab="kitchen"))


def test_the_shortest_gradients_can_be_drawn(page: Page) -> None:
    least = dict.fromkeys(("length", "usual", "spike", "trend"), "1e-6")
    app = page("lab", tab="gradients", steps="10", every="1", **least)
    assert not app.error and not app.warning
    assert len(page("lab", tab="gradients", length="1e-300", trend="1e-300").warning) == 2


def test_the_stream_and_the_accumulation_go_by_the_weights_that_were_set(page: Page) -> None:
    said = []
    for weight in ("0", "1000"):
        app = page(
            "lab", tab="gradients", p1="agc", p2="", p3="", p4="", weight=weight, **{"p1.last_layer": "true"}
        )
        specs = [element.proto.json or "{}" for element in app.main if element.type == "bidi_component"]
        alts = [each["alt"] for spec in specs for each in json.loads(spec).get("figures", [])]
        said.append([alt for alt in alts if alt.startswith(("Stream", "Accumulation"))])
    assert len(said[0]) == 2 and not set(said[0]) & set(said[1])


def test_the_menu_leads_back_to_what_was_set(page: Page) -> None:
    app = page("lab")
    slide(app, "Mean", 1.0)
    app.switch_page("../../pages/data.py").run()
    app.query_params.clear()
    app.switch_page("../../pages/lab.py").run()
    assert app.query_params["mean"] == "1" and app.query_params["p3"] == "learned_tanh"


def test_a_column_of_the_dataset_flows_through(page: Page, home: Any, store: Any) -> None:
    dataset: Dataset = store.datasets.add(samples.load("spikes", home, "Ada"))
    app = page("lab", dataset=dataset.id, source="column", tab="activations")
    assert "finite values" in words(app) and "standardised" in words(app)
    columns = next(each for each in app.selectbox if each.label == "Column").options
    select(app, "Column", columns[1].replace("\\", ""))
    assert app.query_params["column"] and app.query_params["dataset"] == dataset.id
    next(each for each in app.toggle if each.label == "Standardised").set_value(False).run()
    assert not app.exception and app.query_params["standardise"] == "false"
    away = page("lab", dataset=dataset.id, source="column", column="[x](http://evil)", tab="activations")
    assert "no numeric column" in words(away) and "[x](" not in words(away)


def test_a_link_puts_its_dataset_on_the_table(page: Page, home: Any, store: Any) -> None:
    dataset = store.datasets.add(samples.load("spikes", home, "Ada"))
    assert "Dataset **Spikes**" in words(page("lab", dataset=dataset.id, tab="optimisers"))
    assert "No dataset on the table" in words(page("lab", dataset="0" * 16, tab="optimisers"))


def test_a_column_without_a_dataset_says_what_to_do(page: Page) -> None:
    app = page("lab", source="column", tab="activations")
    assert "no dataset" in words(app) and "Gaussian" in words(app)
    app.query_params["dataset"] = "0" * 16
    app.run()
    assert "Gaussian" in words(app) and app.warning


def test_gradients_show_arrows_norms_streams_and_accumulation(page: Page) -> None:
    app = page("lab", tab="gradients", p1="global_norm", p2="value")
    found = drawn(app)
    assert {
        discover("clipviz.policies.gradients")[id].title for id in discover("clipviz.policies.gradients")
    } <= set(found)
    assert "Norm in against norm out" in found
    slide(app, "Angle", 120.0)
    assert drawn(app)["Norm in against norm out"] != found["Norm in against norm out"]
    assert app.query_params["angle"] == "120"


def test_every_surface_is_walked_by_every_optimiser(page: Page) -> None:
    app = page("lab", tab="optimisers", optimisers=",".join(TITLES), clip="global_norm", steps="30")
    for name, surface in SURFACES.items():
        select(app, "Surface", name)
        assert not app.warning
        assert float(app.query_params["rate"]) == surface.rate
        names = {trace["name"] for trace in drawn(app)[f"Ways over the {surface.title.lower()}"]["data"]}
        assert set(TITLES.values()) <= names and "minimum" in names
        for title in TITLES.values():
            assert f"- {title} " in words(app)


def test_another_surface_brings_its_own_learning_rate(page: Page) -> None:
    app = page("lab", tab="optimisers")
    slide(app, "Learning rate", 1.0)
    select(app, "Surface", "rosenbrock")
    assert float(app.query_params["rate"]) == SURFACES["rosenbrock"].rate
    assert "magic" in words(page("lab", tab="optimisers", optimisers="sgd,magic"))
