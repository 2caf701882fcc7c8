import json

import pytest

from clipviz.core.dataset import Dataset
from clipviz.core.discovery import discover
from clipviz.core.recipe import USUAL_LOSS, Recipe
from clipviz.core.run import State
from clipviz.datasets import samples
from clipviz.runs.foreground import train_here
from clipviz.ui.text import escape
from tests.pages.conftest import button, words


@pytest.fixture
def spikes(home, store) -> Dataset:
    return store.datasets.add(samples.load("spikes", home, "Ada"))


@pytest.fixture
def recipe(spikes: Dataset) -> Recipe:
    return Recipe.parse({"data": {"dataset": spikes.id, "target": spikes.target}, "training": {"epochs": 3}})


def test_without_a_dataset_the_page_teaches(page) -> None:
    assert "Here a small network trains" in words(page("train"))


def test_start_queues_a_run_of_the_saved_recipe_and_opens_its_link(page, spikes, store) -> None:
    app = page("train", dataset=spikes.id)
    button(app, "Start").click().run()
    assert not app.exception
    run = store.runs.get(app.query_params["run"])
    assert run.state == "queued"
    assert store.recipes.get(run.recipe).recipe.data.target == spikes.target
    assert "started by Guest" in words(app)


def test_every_target_works_or_is_worded(page, spikes) -> None:
    app = page("train", dataset=spikes.id)
    for column in spikes.columns:
        next(each for each in app.selectbox if each.label == "Column to predict").select(column.name).run()
        assert not app.exception, column.name


def test_the_form_changes_the_recipe(page, spikes, store) -> None:
    app = page("train", dataset=spikes.id)
    for label, value in (
        ("Activation clip", "learned_hard"),
        ("Gradient clip", "value"),
        ("Optimiser", "sgd"),
    ):
        next(each for each in app.selectbox if each.label == label).select(value).run()
        assert not app.exception
    button(app, "Start").click().run()
    saved = store.recipes.get(store.runs.get(app.query_params["run"]).recipe).recipe
    assert (saved.activation.id, saved.gradient.id, saved.optimiser.id) == ("learned_hard", "value", "sgd")


def test_what_is_learned_how_and_until_when_is_chosen_beside_the_optimiser(page, spikes, store) -> None:
    app = page("train", dataset=spikes.id)

    def of(kind: str, label: str):
        return next(each for each in getattr(app, kind) if each.label == label)

    of("selectbox", "Loss").select("huber").run()
    of("selectbox", "Learning rate over the run").select("cosine").run()
    of("selectbox", "First weights").select("he").run()
    of("number_input", "Most steps").set_value(7).run()
    of("number_input", "L1").set_value(0.001).run()
    assert not app.exception
    assert of("selectbox", "Loss").options == ["Absolute error", "Huber", "Squared error"]
    button(app, "Start").click().run()
    saved = store.recipes.get(store.runs.get(app.query_params["run"]).recipe).recipe
    assert (saved.loss.id, saved.schedule.id, saved.initialisation.id) == ("huber", "cosine", "he")
    assert (saved.stopping.most_steps, saved.training.l1, saved.augment) == (7, 0.001, ())


OFFERED = {
    "optimiser": "Optimiser",
    "schedule": "Learning rate over the run",
    "loss": "Loss",
    "initialisation": "First weights",
}


def test_every_optimiser_schedule_loss_and_start_can_be_chosen_and_started(page, spikes, store) -> None:
    """One of each a run, until all were chosen; those that are not of the target are not offered."""
    app = page("train", dataset=spikes.id)
    chosen: dict[str, set[str]] = {kind: set() for kind in OFFERED}

    def of(label: str):
        return next(each for each in app.selectbox if each.label == label)

    def start() -> None:
        button(app, "Start").click().run()
        assert not app.exception
        saved = store.recipes.get(store.runs.get(app.query_params["run"]).recipe).recipe
        for kind, known in chosen.items():
            known.add(getattr(saved, kind).id if getattr(saved, kind) else "usual")
        del app.query_params["run"]
        app.run()

    for number in range(6):
        for label in OFFERED.values():
            of(label).select_index(number % len(of(label).options))
        app.run()
        start()
    of("Column to predict").select("age").run()
    next(each for each in app.button_group if each.label == "Task").select("classification").run()
    assert of("Loss").options == ["Cross-entropy"]
    start()
    usual = set(USUAL_LOSS.values())
    assert chosen.pop("loss") == (discover("clipviz.training.losses").keys() - usual) | {"usual"}
    for kind, known in chosen.items():
        assert known == discover(f"clipviz.training.{kind}s").keys()


def test_a_place_may_have_clips_of_its_own_and_specimens_are_not_offered(page, spikes, store) -> None:
    app = page("train", dataset=spikes.id)
    picker = next(each for each in app.selectbox if each.label == "Activation clip")
    assert not any("specimen" in option for option in picker.options)
    picker.select("gelu").run()
    assert "in the place of the network's nonlinearity" in words(app)
    places = next(each for each in app.multiselect if each.label == "Places with clips of their own")
    places.select("output").run()
    next(each for each in app.selectbox if each.label == "At output").select("soft_cap").run()
    next(each for each in app.selectbox if each.label == "then").select("fixed").run()
    assert not app.exception
    button(app, "Start").click().run()
    saved = store.recipes.get(store.runs.get(app.query_params["run"]).recipe).recipe
    assert saved.activation.id == "gelu"
    assert [choice.id for choice in saved.clips_at["output"]] == ["soft_cap", "fixed"]


def test_a_pasted_recipe_replaces_the_form_and_a_wrong_one_is_worded(page, spikes, recipe) -> None:
    app = page("train", dataset=spikes.id)
    paste = next(each for each in app.text_area if each.label == "Paste another recipe")
    paste.set_value('{"data": 3}').run()
    button(app, "Use the pasted recipe").click().run()
    assert "Mend this field" in words(app)
    paste = next(each for each in app.text_area if each.label == "Paste another recipe")
    paste.set_value(json.dumps(recipe.replace("seed", 7).model_dump(mode="json"))).run()
    button(app, "Use the pasted recipe").click().run()
    assert not app.exception
    assert next(each for each in app.number_input if each.label == "Seed").value == 7


@pytest.mark.parametrize(
    "path", ["model.id", "activation.id", "gradient.id", "optimiser.id", "inputs.default.id"]
)
def test_a_pasted_recipe_with_an_unknown_id_is_worded(page, spikes, recipe, path: str) -> None:
    app = page("train", dataset=spikes.id)
    document = recipe.replace(path, "unheard_of").model_dump(mode="json")
    next(each for each in app.text_area if each.label == "Paste another recipe").set_value(
        json.dumps(document)
    ).run()
    button(app, "Use the pasted recipe").click().run()
    assert not app.exception
    assert "unheard" in words(app)


def test_pause_and_stop_before_a_worker_takes_it(page, recipe, store) -> None:
    run = store.runs.submit(store.recipes.add(recipe, "r", "Ada").id, "r", "Ada")
    app = page("train", run=run.id)
    button(app, "Pause").click().run()
    assert store.runs.get(run.id).state == "paused"
    button(app, "Resume").click().run()
    assert store.runs.get(run.id).state == "queued"
    button(app, "Stop").click().run()
    assert store.runs.get(run.id).state == "stopped"
    assert not app.exception


def test_a_finished_run_shows_metrics_thresholds_and_what_clipping_did(page, home, recipe, store) -> None:
    run = train_here(store, home, store.recipes.add(recipe, "r", "Ada").id, "done", "Ada")
    app = page("train", run=run.id)
    assert not app.exception
    assert [each.label for each in app.metric][:3] == ["Test MAE", "Test RMSE", "Test R²"]
    assert "constant prediction" in words(app)
    told = store.runs.get(run.id).result["health"]["ledger"]
    assert f"**{escape(told['words'].partition(':')[0])}**: " in words(app)
    ledger = next(each.value for each in app.dataframe if "gradient of" in each.value.columns)
    assert ledger["gradient of"].tolist() == ["all layers", "layer 1", "layer 2", "output"]
    button(app, "Clone").click().run()
    assert app.query_params["recipe"] == run.recipe


def test_a_failed_run_says_why(page, recipe, store) -> None:
    run = store.runs.submit(
        store.recipes.add(recipe, "r", "Ada").id, "r", "Ada", owner="me", lease_seconds=60
    )
    store.runs.finish(
        run.id, run.attempt, State.FAILED, "The run ran out of memory. Use a smaller batch.", None
    )
    assert "ran out of memory" in words(page("train", run=run.id))


@pytest.mark.parametrize("run", ["0" * 16, "x", "../../../etc/passwd"])
def test_a_link_to_no_run_says_so(page, run: str) -> None:
    assert page("train", run=run).error


def test_two_people_annotating_never_overwrite_each_other_in_silence(page, recipe, store) -> None:
    run = store.runs.submit(store.recipes.add(recipe, "r", "Ada").id, "r", "Ada")
    app = page("train", run=run.id)
    store.runs.note(run.id, "Grace's note", run.revision, "Grace")
    next(each for each in app.text_area if each.label == "Note").set_value("Ada's note")
    button(app, "Save").click().run()
    assert "Grace" in words(app)
    assert store.runs.get(run.id).note == "Grace's note"


def test_an_invalid_field_holds_start_back(page, spikes, store) -> None:
    app = page("train", dataset=spikes.id)
    next(each for each in app.text_input if each.label == "Widths").set_value("8, abc").run()
    assert not app.exception
    assert "Mend Widths first" in words(app)
    assert button(app, "Start").disabled
    next(each for each in app.text_input if each.label == "Widths").set_value("8, 4").run()
    assert not button(app, "Start").disabled


def test_a_changed_recipe_is_marked_as_not_saved(page, recipe, store) -> None:
    saved = store.recipes.add(recipe, "r", "Ada")
    app = page("train", recipe=saved.id)
    next(each for each in app.selectbox if each.label == "Gradient clip").select("value").run()
    assert "edited, not saved" in words(app)


def test_a_deleted_run_can_be_restored_from_its_link(page, recipe, store) -> None:
    run = store.runs.submit(store.recipes.add(recipe, "r", "Ada").id, "r", "Ada")
    app = page("train", run=run.id)
    button(app, "Delete").click().run()
    assert "was deleted by Guest" in words(app)
    button(app, "Restore this run").click().run()
    assert store.runs.get(run.id).deleted_at is None
    assert app.title[0].value == "r"


def test_a_clamp_goes_with_its_column(page, spikes, recipe, store) -> None:
    """A column that becomes the target is no input any more, so its clamp is dropped."""
    clamped = recipe.replace("inputs.columns.flow", {"id": "tukey"})
    app = page("train", recipe=store.recipes.add(clamped, "r", "Ada").id)
    next(each for each in app.selectbox if each.label == "Column to predict").select("flow").run()
    button(app, "Start").click().run()
    assert not app.exception
    saved = store.recipes.get(store.runs.get(app.query_params["run"]).recipe).recipe
    assert saved.data.target == "flow"
    assert not saved.inputs.columns


def test_the_split_is_chosen_shown_and_saved(page, spikes, store) -> None:
    app = page("train", dataset=spikes.id)

    def pick(label: str, value: object) -> None:
        next(each for each in app.selectbox if each.label == label).select(value).run()
        assert not app.exception

    def parts():
        return next(each.value for each in app.dataframe if "part" in each.value.columns)

    assert parts()["rows"].tolist() == [700, 150, 150]
    pick("Rows are dealt out", "time")
    assert "Pick the column to split by" in words(app)
    pick("Time", next(column.name for column in spikes.columns if column.name != spikes.target))
    assert parts()["rows"].sum() == 1000
    pick("Rows are dealt out", "stratified")
    assert not app.error
    button(app, "Start").click().run()
    saved = store.recipes.get(store.runs.get(app.query_params["run"]).recipe).recipe
    assert (saved.split.kind, saved.split.column) == ("stratified", None)


def test_every_fold_is_named_by_what_is_in_it_and_none_is_in_another(page, spikes) -> None:
    app = page("train", dataset=spikes.id)
    titles = [fold.label for fold in app.expander]
    assert len(set(titles)) == len(titles) and "Advanced" not in titles
    assert {"Stopping", "Regularisation", "Learning-rate schedule", "Loss", "Initialisation"} <= set(titles)
    assert not any(fold.get("expander") for fold in app.expander)
