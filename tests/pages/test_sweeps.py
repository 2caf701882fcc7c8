import json
import re

import numpy as np
import pytest

from clipviz.analysis.verdict import gather
from clipviz.analysis.verdict.verdict import judge
from clipviz.core.recipe import Recipe
from clipviz.core.run import Result, Run, State
from clipviz.core.settings import Settings
from clipviz.core.sweep import Design, Sweep, Vary
from clipviz.datasets import samples
from clipviz.runs.sweeps import submit
from clipviz.ui import verdict_export
from tests.pages.conftest import button, words

SEEDS = 7


@pytest.fixture(autouse=True)
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clipviz.runs.sweeps.submit.ensure_runner", lambda settings: None)
    monkeypatch.setattr("clipviz.ui.sweeps.ensure_runner", lambda settings: None)


@pytest.fixture
def sweep(home, store) -> Sweep:
    dataset = store.datasets.add(samples.load("spikes", home, "Ada"))
    recipe = Recipe.parse(
        {"data": {"dataset": dataset.id, "target": dataset.target}, "activation": {"id": "none"}}
    )
    design = Design(
        recipe=recipe, vary=(Vary(path="gradient.max_norm", values=(0.5, 1e5)),), seeds=range(SEEDS)
    )
    return submit.start(store, home, design, "norms <b> *all*", "Ada")


def finish(store, sweep: Sweep, count: int = 1000, lost: str = "") -> None:
    """Ends runs as if they had been trained: norm 0.5 is better by 1, norm 1e5 never fires; lost: arms that diverge."""
    for _ in range(count):
        run = store.runs.claim("host:1", 60)
        if run is None:
            return
        name, seed = run.arm, run.seed
        if re.search(lost or "^$", name):
            reason = "Training diverged: no finite step since step 3"
            store.runs.finish(run.id, 1, State.FAILED, reason, None)
            continue
        value = 5 + 0.1 * seed - (1 + 0.01 * seed if name == "largest norm 0.5" else 0)
        fired = {"largest norm 0.5": 0.4, "largest norm 100000": 0.0}.get(name)
        store.telemetry.declare(run.id, 1, {"evaluation": ["train_loss", "validation/mae"]})
        losses = np.array([[1, 1], [0.5, 0.1 + value]], np.float32)
        store.telemetry.append(run.id, 1, "evaluation", np.array([0, 50]), losses)
        store.runs.finish(run.id, 1, State.FINISHED, "", result(value, fired))


def result(mae: float, fired: float | None) -> Result:
    return Result(
        metrics={"mae": mae, "rmse": mae, "r2": 0.5}, validation={"mae": mae}, train={}, baseline={}, thresholds={},
        bounds={}, steps=50, best_step=50, seconds=1.0, clipped_share=fired,
    )  # fmt: skip


def test_a_finished_sweep_answers_in_a_sentence_with_its_pictures(page, store, sweep) -> None:
    finish(store, sweep)
    app = page("compare", sweep=sweep.id)
    said = words(app).replace("\\", "")
    assert (
        "largest norm 0.5 lowers test MAE by 1.03 (95% CI 1.01 to 1.05, 7 paired seeds, Holm p = 0.031)"
        in said
    )
    assert "Identical to no gradient clip" in said
    assert not app.warning, [warning.value for warning in app.warning]
    arms = next(each.value for each in app.dataframe if "fired" in each.value.columns)
    assert arms["fired"].tolist() == ["no clip", "40.0% of steps", "never: identical to none"]
    assert arms["diverged"][0] == "0 of 7 (95 % CI 0% to 35%)"
    assert {"Delete", "Train them"} <= {each.label for each in app.button}
    assert "Pause" not in {each.label for each in app.button}


def test_another_metric_and_a_margin_are_one_click(page, store, sweep) -> None:
    finish(store, sweep)
    app = page("compare", sweep=sweep.id)
    metric = next(each for each in app.selectbox if each.label == "Metric")
    metric.select_index(1).run()
    next(each for each in app.number_input if each.label.startswith("Margin")).set_value(5.0).run()
    assert not app.exception
    assert "RMSE" in words(app) and "yet within the ±5.00 that do not matter" in words(app).replace("\\", "")


def test_a_sweep_under_way_shows_how_far_it_is_and_can_be_paused_and_resumed(page, store, sweep) -> None:
    finish(store, sweep, 6)
    app = page("compare", sweep=sweep.id)
    assert "So far" in words(app) and not app.exception
    button(app, "Pause").click().run()
    assert {run.state for run in store.sweeps.runs(sweep.id)} == {State.FINISHED, State.PAUSED}
    button(app, "Resume").click().run()
    assert State.QUEUED in {run.state for run in store.sweeps.runs(sweep.id)}
    button(app, "Cancel").click().run()
    assert all(run.state.final for run in store.sweeps.runs(sweep.id)) and not app.exception
    assert any("planned runs were stopped and left out" in each.value for each in app.warning)


def test_more_seeds_are_added_to_what_is_there(page, store, sweep) -> None:
    finish(store, sweep)
    app = page("compare", sweep=sweep.id)
    button(app, "Train them").click().run()
    assert not app.exception
    assert store.sweeps.get(sweep.id).design.seeds == tuple(range(SEEDS + 10))
    assert sum(run.state is State.QUEUED for run in store.sweeps.runs(sweep.id)) == 30


def test_values_that_make_no_sense_are_refused_in_the_popover_and_nothing_is_trained(
    page, store, sweep
) -> None:
    finish(store, sweep)
    app = page("compare", sweep=sweep.id)
    said = next(each for each in app.text_input if each.label.startswith("Further values"))
    for text, refusal in (("[]", "at least 1"), (str(list(range(101))), "at most 100"), ("ham", "ham")):
        said.set_value(text).run()
        for each in app.button:
            if each.key == f"extend:{sweep.id}":
                each.click().run()
        assert not app.exception and any(refusal in each.value for each in app.error), text
        assert "largest norm 0.5" in words(app).replace("\\", ""), "the verdict is still there"
    assert store.sweeps.get(sweep.id).design == sweep.design


def test_a_sweep_of_runs_that_all_failed_says_so(page, store, sweep) -> None:
    while run := store.runs.claim("host:1", 60):
        store.runs.finish(run.id, 1, State.FAILED, "no reason", None)
    app = page("compare", sweep=sweep.id)
    assert "no verdict" in words(app) and not app.exception


@pytest.mark.parametrize(
    ("lost", "says"),
    [
        ("no gradient clip", "Only with a clip does this train: largest norm 0.5 beside no gradient clip: 0 of 7 runs"),
        ("largest", "largest norm 0.5 does not train: 7 of 7 runs of largest norm 0.5 (95% CI 65% to 100%)"),
        ("norm 0.5", "Identical to no gradient clip, having changed nothing: largest norm 100000."),
        (".", "All 21 runs diverged, with clips and without (95% CI of the share 85% to 100%)"),
    ],
)  # fmt: skip
def test_sweeps_whose_runs_diverged_say_plainly_which(page, store, sweep, lost: str, says: str) -> None:
    finish(store, sweep, lost=lost)
    app = page("compare", sweep=sweep.id)
    assert says in f"{words(app)} ".replace("\\", "").replace("\n", " ") and not app.exception
    groups = gather.of_sweep(sweep, store.sweeps.runs(sweep.id))
    known = gather.metrics(groups)
    assert (lost == ".") is (not known)
    if known:
        verdict = judge(gather.arms(groups, known[0]), known[0])
        assert verdict_export.html(verdict, groups, "r", verdict_export.Plan.of_sweep(sweep, groups))


def test_a_metric_that_nobody_named_beforehand_is_exploratory_and_one_without_a_value_says_so(
    page, store, sweep
) -> None:
    while run := store.runs.claim("host:1", 60):
        ended = result(5 + 0.1 * run.seed, 0.4)
        nowhere = {"metrics": ended.metrics | {"r2": None}, "baseline": {"mae": 6.0, "r2": None}}
        store.runs.finish(run.id, 1, State.FINISHED, "", ended.model_copy(update=nowhere))
    app = page("compare", sweep=sweep.id)
    assert not app.warning
    metric = next(each for each in app.selectbox if each.label == "Metric")
    assert metric.options == ["test MAE", "test RMSE (exploratory)", "test R² (exploratory)"]
    metric.select_index(1).run()
    assert "was to be about MAE. With RMSE picked afterwards" in app.warning[0].value.replace("\\", "")
    metric.select_index(2).run()
    assert "There is no test R² of these 21 runs" in words(app) and not app.exception
    arms = next(each.value for each in app.dataframe if "fired" in each.value.columns)
    assert arms["no value"].tolist() == ["7", "7", "7"] and arms["diverged"].tolist() == ["–"] * 3


def test_seeds_added_after_a_look_and_deleted_runs_are_told_and_filled(page, store, sweep) -> None:
    finish(store, sweep)
    gone = store.sweeps.runs(sweep.id)[0]
    store.runs.delete(gone.id, "Grace")
    app = page("compare", sweep=sweep.id)
    assert "1 planned run was deleted" in app.warning[0].value
    next(each for each in app.number_input if each.label == "Further seeds").set_value(0).run()
    button(app, "Train them").click().run()
    [again] = [run for run in store.sweeps.runs(sweep.id) if run.state is State.QUEUED]
    assert (again.arm, again.seed) == (gone.arm, gone.seed) and not store.sweeps.get(sweep.id).extensions
    finish(store, sweep)
    assert not page("compare", sweep=sweep.id).warning
    submit.extend(store, Settings.from_environment(), store.sweeps.get(sweep.id), "Ada", range(7, 15))
    finish(store, sweep)
    [said] = [each.value for each in page("compare", sweep=sweep.id).warning]
    assert "8 of 15 seeds were added" in said and "by the 8 seeds added last alone" in said
    assert "lowers test MAE by 1.1" in said.replace("\\", "")


def test_sweeps_are_listed_deleted_and_restored(page, store, sweep) -> None:
    assert any("norms" in str(each.proto) for each in app_links(page("compare")))
    store.sweeps.delete(sweep.id, "Grace")
    app = page("compare", sweep=sweep.id)
    assert "deleted by Grace" in app.error[0].value
    button(app, "Restore this sweep").click().run()
    assert store.sweeps.get(sweep.id).deleted_at is None
    assert "malformed" in page("compare", sweep="nonsense").error[0].value


def app_links(app):
    return app.get("page_link")


def test_the_form_starts_a_comparison_and_tells_its_size_before(page, home, store) -> None:
    dataset = store.datasets.add(samples.load("spikes", home, "Ada"))
    app = page("train", dataset=dataset.id)
    assert "2 arms × 10 seeds = **20 runs**" in words(app)
    varied = next(each for each in app.multiselect if each.label == "Vary too")
    varied.set_value(["gradient.max_norm"]).run()
    assert "5 arms × 10 seeds = **50 runs**" in words(app)
    about = next(each for each in app.selectbox if each.label == "The verdict is about")
    assert about.options == ["test MAE", "test RMSE", "test R²"]
    about.select_index(1).run()
    app.button("start_sweep").click().run()
    assert not app.exception
    [started] = store.sweeps.list()
    assert len(store.sweeps.runs(started.id)) == 50 and started.design.about == "rmse"
    assert started.variants[0].reference == "" and started.variants[0].recipe.gradient.id == "none"


def test_picked_runs_that_pair_up_by_seed_get_a_verdict(page, store, sweep) -> None:
    picked = []
    for number, variant in enumerate(sweep.variants[:2]):
        for seed in range(3):
            saved = store.recipes.add(variant.at(seed), "r", "Ada")
            run: Run = store.runs.submit(
                saved.id, f"run {number} {seed}", "Ada", owner="here:1", lease_seconds=60
            )
            store.telemetry.declare(run.id, 1, {"step": ["loss"], "evaluation": ["train_loss"]})
            store.runs.finish(run.id, 1, State.FINISHED, "", result(5 - number + 0.1 * seed, 0.5))
            picked.append(run.id)
    app = page("compare", runs=",".join(picked))
    said = words(app)
    assert "The verdict over the seeds that they share" in said and not app.exception
    assert "take at least 6 seeds" in said
    assert any("were picked by hand" in each.value for each in app.warning)
    assert "One seed each tells little" in words(page("compare", runs=f"{picked[0]},{picked[3]}"))


def test_a_verdict_leaves_as_rows_document_and_report(home, store, sweep) -> None:
    finish(store, sweep)
    groups = gather.of_sweep(sweep, store.sweeps.runs(sweep.id))
    verdict = judge(gather.arms(groups, gather.metrics(groups)[0]), gather.metrics(groups)[0])
    plan = verdict_export.Plan.of_sweep(sweep)
    rows = verdict_export.csv(groups).splitlines()
    arm = groups[0].variant.model_copy(update={"name": "\t=1+1"})
    assert "\n'\t=1+1," in verdict_export.csv([gather.Group(arm, groups[0].runs)])
    assert len(rows) == 1 + 3 * SEEDS and rows[0].startswith("arm,reference,seed,run,state,test mae")
    document = json.loads(verdict_export.document(verdict, plan))
    assert document["verdict"]["sentence"] == verdict.sentence
    assert document["data"]["id"] == sweep.dataset and set(document["versions"]) >= {"torch", "numpy"}
    text = verdict_export.html(verdict, groups, sweep.name, plan)
    assert "norms &lt;b&gt; *all*" in text and "norms <b>" not in text
    assert document["data"]["source sha256"] in text and "max_norm" in text
    assert "Cells separated by commas" in text and "700 rows train, 150 choose" in text
    assert "Squared error" in text


def test_outliers_are_put_in_at_growing_doses_and_the_metric_is_drawn_over_them(page, store, sweep) -> None:
    finish(store, sweep)
    app = page("compare", sweep=sweep.id)
    assert "12 arms × 7 seeds = **84 runs**" in words(app), "6 doses, one arm, its reference"
    doses = next(each for each in app.text_input if each.label == "Share of dirty rows")
    doses.set_value("0, many").run()
    assert "Doses are numbers between commas" in words(app) and not app.exception
    doses.set_value("0, 0.1").run()
    app.button(f"dirty:{sweep.id}").click().run()
    assert not app.exception
    dirty = next(each for each in store.sweeps.list() if each.id != sweep.id)
    assert [arm.name for arm in dirty.variants] == [
        "no gradient clip · dirty rows 0", "no gradient clip · dirty rows 0.1",
        "largest norm 0.5 · dirty rows 0", "largest norm 0.5 · dirty rows 0.1",
    ]  # fmt: skip
    finish(store, dirty)
    app = page("compare", sweep=dirty.id)
    said = words(app)
    assert "How much dirt does it stand?" in said and not app.exception
    verdict = next(each for each in app.selectbox if each.label == "Verdict with")
    assert verdict.options == ["no outliers", "outliers of 10 sd in 10 % of the training rows"]
    arms = next(each.value for each in app.dataframe if "fired" in each.value.columns)
    assert all("dirty rows 0.1" in name for name in arms["arm"])
    verdict.select_index(0).run()
    assert not app.exception


def test_a_sweep_over_all_three_families_shows_how_they_go_together(page, home, store) -> None:
    dataset = store.datasets.add(samples.load("spikes", home, "Ada"))
    recipe = Recipe.parse({"data": {"dataset": dataset.id, "target": dataset.target}})
    pairs = {"inputs.default.id": "tukey", "activation.id": "fixed", "gradient.id": "value"}
    vary = tuple(Vary(path=path, values=("none", id)) for path, id in pairs.items())
    sweep = submit.start(store, home, Design(recipe=recipe, vary=vary, seeds=(0, 1)), "all three", "Ada")
    finish(store, sweep)
    app = page("compare", sweep=sweep.id)
    said = words(app)
    assert "Input clamp × activation clip × gradient clip" in said and "Cost against gain" in said
    app.session_state[f"rows:{sweep.id}"] = True
    app.run()
    assert "not on this machine any more" in words(app) and not app.exception
