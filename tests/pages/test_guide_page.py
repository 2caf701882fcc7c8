from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from clipviz.analysis.chooser import TRAITS
from clipviz.analysis.claims.base import claims
from clipviz.catalogue import policies
from clipviz.core.run import Result, State
from clipviz.core.settings import Settings
from clipviz.store import Store
from clipviz.ui import readme
from clipviz.ui.claims import RECORD
from tests.pages.conftest import words

Page = Callable[..., AppTest]


def test_every_policy_is_shown_with_all_that_it_declares(page: Page) -> None:
    known = policies()
    app = page("guide", policy=",".join(f"{each.family}.{each.id}" for each in known))
    assert not app.warning and not app.error
    assert [header.value for header in app.header] == [each.title for each in known]
    shown = {latex.value.strip("$\n ") for latex in app.latex}
    assert {each.formula for each in known} | {each.gradient for each in known} <= shown
    tables = [list(table.value["in recipes"]) for table in app.table]
    assert tables == [[f"`{field.name}`" for field in each.fields] for each in known if each.fields]


def test_an_unknown_policy_is_a_sentence(page: Page) -> None:
    app = page("guide", policy="gradients.magic")
    assert "There is no policy gradients" in words(app).replace("\\", "")
    assert "Input clamps" in words(app)


def test_a_policy_may_be_named_twice_and_opened_below(page: Page) -> None:
    app = page("guide", policy="gradients.value,gradients.value")
    assert not app.error and [header.value for header in app.header] == ["Value"]
    app.session_state["guide:gradients.value"] = True
    app.run()
    assert not app.error and len(app.table) == 2


def test_search_and_filter_narrow_the_catalogue(page: Page) -> None:
    app = page("guide")
    everything = len(app.expander)
    app.text_input(key="guide:q").set_value("Pascanu").run()
    assert 0 < len(app.expander) < everything
    assert any("Global norm" in each.label for each in app.expander)
    app.text_input(key="guide:q").set_value("").run()
    app.button_group(key="guide:family").select("gradients").run()
    assert not app.exception
    assert "Gradient clips" in words(app) and "Input clamps" not in words(app)


def test_the_chooser_answers_with_a_policy_and_the_reason(page: Page) -> None:
    app = page("guide")
    assert "Pick what matters" in words(app)
    app.button_group(key="guide:bounding").select("gradients").run()
    app.button_group(key="guide:matters").select("control").run()
    assert not app.exception
    assert "Take **" in words(app) and "you say its bound" in words(app)
    for trait in TRAITS[1:]:
        app.button_group(key="guide:matters").select(trait)
    app.run()
    assert not app.exception
    assert app.query_params["matters"] == ",".join(TRAITS)
    teammate = page("guide", bounding="gradients", matters="moving,magic")
    assert "magic" in words(teammate) and "or follows the run" in words(teammate)


def test_how_to_share_comes_from_the_readme(page: Page) -> None:
    assert "address bar" in words(page("guide"))


def test_every_claim_has_its_numbers_on_record() -> None:
    for claim in claims().values():
        rows = readme.rows(claim.title, RECORD)
        assert rows and all(row["measured"] and row["difference (95 % CI)"] for row in rows)
        assert claim.source in readme.section(claim.title, RECORD)


def test_a_claim_is_put_to_the_test_by_a_button_and_shown_beside_what_was_measured(
    page: Page, home: Settings, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = "rm,lstat,medv\n99,0,1\n"
    (tmp_path / "boston_housing.csv").write_text(
        header + "".join(f"{k % 7},{k % 5},{k}\n" for k in range(40))
    )
    monkeypatch.setenv("CLIPVIZ_DATASETS", str(tmp_path))
    monkeypatch.setattr("clipviz.runs.sweeps.submit.ensure_runner", lambda settings: None)
    monkeypatch.setattr("clipviz.ui.sweeps.ensure_runner", lambda settings: None)
    app = page("guide")
    assert "Published claims, put to the test" in words(app)
    app.session_state["claim:boston_sigma"] = True
    app.run()
    assert "Nobody has measured it here yet" in words(app) and not app.exception
    said = words(app).replace("\\", "")
    assert "Source: A widely read blog guide" in said and "MAE 4,581 → 4,182 dollars" in said
    assert "Measured when clipviz was made.** Mean ± k sigma, k 2 raises test MAE by 0.286" in said
    [recorded] = [each.value for each in app.dataframe if "claimed" in each.value.columns]
    assert recorded["measured"].tolist() == ["2.127 → 2.412", "2.745 → 3.109"]
    app.button("rerun:boston_sigma").click().run()
    assert not app.exception
    [sweep] = store.sweeps.list()
    assert len(store.sweeps.runs(sweep.id)) == 20 and sweep.name.startswith("Claim: Boston housing")
    finish(store)
    app = page("guide")
    app.session_state["claim:boston_sigma"] = True
    app.run()
    said = words(app).replace("\\", "")
    assert "lowers test MAE by 1.00" in said and "n = 41: a subset" in said
    shown = next(each.value for each in app.dataframe if "claimed" in each.value.columns)
    assert shown["claimed"].tolist() == ["4.581 → 4.182", "5.701 → 5.394"]
    assert shown["says"].tolist() == ["better", "no evidence"]


def finish(store: Store) -> None:
    """Ends every run as if it had been trained: the clamp is better by 1."""
    while run := store.runs.claim("host:1", 60):
        mae = 5 + 0.1 * (run.seed or 0) - (1 + 0.001 * (run.seed or 0)) * (run.arm != "no clip")
        store.telemetry.declare(run.id, 1, {"step": ["loss"]})
        result = Result(
            metrics={"mae": mae, "rmse": 6.0}, validation={"mae": mae}, train={}, baseline={"mae": 6.5}, thresholds={},
            bounds={}, steps=50, best_step=50, seconds=1.0, clipped_share=None,
        )  # fmt: skip
        store.runs.finish(run.id, 1, State.FINISHED, "", result)
