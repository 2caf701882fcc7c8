"""The search of the catalogue on its pages, in every state; runs end as if they had been trained."""

import pytest

from clipviz.core.run import Result, State
from clipviz.core.sweep import Sweep
from clipviz.datasets import samples
from clipviz.runs.defaults import starting
from clipviz.runs.sweeps import catalogue, recommend, search, submit
from clipviz.runs.sweeps.advance import advance
from tests.pages.conftest import button, words


@pytest.fixture(autouse=True)
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("clipviz.runs.sweeps.submit", "clipviz.runs.sweeps.recommend", "clipviz.ui.sweeps"):
        monkeypatch.setattr(f"{module}.ensure_runner", lambda settings: None)
    likely = catalogue._likely
    monkeypatch.setattr(catalogue, "_likely", lambda family: likely(family)[-3:])
    monkeypatch.setattr(search, "MOST_SEEDS", 6)
    monkeypatch.setattr(search, "MOST_FRESH", 9)


def result(error: float) -> Result:
    return Result(
        metrics={"mae": error}, validation={"mae": error}, train={}, baseline={}, thresholds={}, bounds={}, steps=50,
        best_step=50, seconds=0.1, clipped_share=0.3,
    )  # fmt: skip


def train(store, better: str = "ZClip", count: int = 10_000) -> None:
    """Ends what waits: one arm is better by two."""
    for _ in range(count):
        run = store.runs.claim("host:1", 60)
        if run is None:
            return
        store.telemetry.declare(run.id, 1, {"evaluation": ["train_loss", "validation/mae"]})
        gain = 2 if run.arm == better else 0
        luck = hash((len(run.arm or ""), run.seed)) % 100 / 500
        store.runs.finish(run.id, 1, State.FINISHED, "", result(5 + luck + 0.1 * run.seed - gain))


def to_the_end(store, home, sweep: Sweep, better: str = "ZClip") -> Sweep:
    while (now := store.sweeps.get(sweep.id)).choosing:
        train(store, better)
        advance(store, home, now)
    return now


@pytest.fixture
def begun(home, store) -> Sweep:
    dataset = store.datasets.add(samples.load("spikes", home, "Ada"))
    return recommend.begin(store, home, starting(dataset, str(dataset.target), {}), 300, "which?", "Ada")


def test_a_search_starts_on_the_train_page_with_a_pilot_of_every_family(page, home, store) -> None:
    dataset = store.datasets.add(samples.load("spikes", home, "Ada"))
    app = page("train", dataset=dataset.id)
    assert "each tried beside no clip" in words(app)
    assert "3 activation clips, 3 gradient clips fit" in words(app)
    next(each for each in app.button if each.label == "Search").click().run()
    assert not app.exception
    [started] = store.sweeps.list()
    assert started.choosing and started.design.choosing.seconds == 300
    assert len(store.sweeps.runs(started.id)) == 6 * 3  # the families, the target, the chosen clips, none
    assert started.variants[0].name == "no clip" and app.query_params["sweep"] == started.id


def test_it_shows_its_rounds_while_it_goes_and_can_be_hurried(page, home, store, begun) -> None:
    train(store, count=4)
    app = page("compare", sweep=begun.id)
    said = words(app)
    assert "**Pilot**, 5 arms × 3 seeds" in said and "within about 5 min" in said and "So far" not in said
    train(store)
    advance(store, home, store.sweeps.get(begun.id))
    train(store, count=10)
    app = page("compare", sweep=begun.id)
    assert "**Screen**" in words(app)
    assert {"Pause", "Cancel", "Answer now"} <= {each.label for each in app.button}
    button(app, "Answer now").click().run()
    assert not app.exception
    assert store.sweeps.get(begun.id).design.choosing.seconds < 60
    now = store.sweeps.get(begun.id)
    assert all(run.state.final for run in store.sweeps.runs(begun.id))
    advance(store, home, now)
    assert store.sweeps.get(begun.id).rounds[-1].stage == "confirm"


def test_its_answer_names_the_policy_and_trains_it(page, home, store, begun) -> None:
    ended = to_the_end(store, home, begun)
    assert ended.rounds[-1].stage == "confirm" and ended.rounds[-1].arms[0] == "ZClip"
    app = page("compare", sweep=begun.id)
    said = words(app).replace("\\", "")
    assert "gradient clip): of " in said and "it holds on fresh seeds" in said
    assert "Take ZClip" in said and "ZClip lowers test MAE by" in said
    assert "left early" in said and "Holm's correction counts all" in said
    assert "Input clamp × activation clip" not in said, "a search has no grid"
    assert f"{len(store.sweeps.runs(begun.id))} runs, " in said, "those of the screen cost something too"
    assert "Answer now" not in {each.label for each in app.button}
    button(app, "Train this").click().run()
    assert not app.exception
    [saved] = store.recipes.list()
    assert saved.recipe.gradient.id == "zclip"
    assert app.query_params["recipe"] == saved.id


def test_where_nothing_helps_it_says_so(page, home, store, begun) -> None:
    ended = to_the_end(store, home, begun, better="")
    app = page("compare", sweep=begun.id)
    assert "Nothing beats no clipping here" in words(app) and not app.exception
    assert button(app, "Train without clips")
    assert not [each for each in app.checkbox if each.label.startswith("All arms")], "they have no design"
    next(each for each in app.button if each.key == f"dirty:{begun.id}").click().run()
    dirty = next(each for each in store.sweeps.list() if each.id != begun.id)
    assert dirty.design.seeds == ended.rounds[-1].seeds, "three seeds of a pilot could show nothing"


def test_a_cancelled_search_decides_nothing_more_and_recommends_nothing(page, home, store, begun) -> None:
    train(store, count=6)
    app = page("compare", sweep=begun.id)
    button(app, "Cancel").click().run()
    now = store.sweeps.get(begun.id)
    assert not now.choosing and now.rounds[-1].stage == "stopped" and not app.exception
    assert not advance(store, home, now)
    said = words(page("compare", sweep=begun.id))
    assert "There is no recommendation yet" in said and "cancelled by Guest" in said


def test_a_paused_search_waits_and_goes_on(page, home, store, begun) -> None:
    app = page("compare", sweep=begun.id)
    button(app, "Pause").click().run()
    assert not advance(store, home, store.sweeps.get(begun.id)) and not app.exception
    button(app, "Resume").click().run()
    assert to_the_end(store, home, begun).rounds[-1].stage == "confirm" and not app.exception


def test_more_seeds_for_a_search_are_fresh_ones_for_its_finalists(page, home, store, begun) -> None:
    ended = to_the_end(store, home, begun)
    app = page("compare", sweep=begun.id)
    button(app, "Train them").click().run()
    more = store.sweeps.get(begun.id)
    assert not app.exception and len(more.rounds) == len(ended.rounds) + 1
    added = set(more.rounds[-1].seeds) - set(ended.rounds[-1].seeds)
    assert len(added) == 10 and added.isdisjoint(ended.seeds)
    waiting = [run for run in store.sweeps.runs(begun.id) if run.state is State.QUEUED]
    assert {run.arm for run in waiting} == {"no clip", *ended.rounds[-1].arms}


def test_compare_offers_a_search_for_the_teams_data(page, home, store) -> None:
    assert "Which policy for this data?" not in words(page("compare"))
    store.datasets.add(samples.load("spikes", home, "Ada"))
    app = page("compare")
    assert "Which policy for this data?" in words(app)
    button(app, "Search").click().run()
    [started] = store.sweeps.list()
    assert started.choosing and app.query_params["sweep"] == started.id and not app.exception


def test_a_sweep_that_halves_says_who_left(page, home, store) -> None:
    dataset = store.datasets.add(samples.load("spikes", home, "Ada"))
    app = page("train", dataset=dataset.id)
    next(each for each in app.multiselect if each.label == "Vary too").set_value(["gradient.max_norm"]).run()
    next(each for each in app.checkbox if each.label == "Successive halving").check().run()
    assert "at most **50 runs**" in words(app)
    app.button("start_sweep").click().run()
    [sweep] = store.sweeps.list()
    assert len(store.sweeps.runs(sweep.id)) == 5 * 3
    train(store, "largest norm 0.5")
    assert advance(store, home, sweep)
    app = page("compare", sweep=sweep.id)
    assert "So far" in words(app) and "after 3 seeds the better 2 of 4 go on" in words(app)
    ended = to_the_end(store, home, sweep, "largest norm 0.5")
    assert ended.rounds[-1].arms == ("largest norm 0.5",) and len(ended.rounds[-1].seeds) == 10
    said = words(page("compare", sweep=sweep.id)).replace("\\", "")
    assert "largest norm 0.5 lowers test MAE by" in said
    assert "its difference may be flattered by the choice" in said and "Left early" in said
    submit.extend(store, home, ended, "Ada", seeds=range(10, 12))
    assert sum(run.state is State.QUEUED for run in store.sweeps.runs(sweep.id)) == 2 * 2
