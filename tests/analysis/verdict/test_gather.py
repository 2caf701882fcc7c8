from datetime import UTC, datetime

import numpy as np
import pytest

from clipviz.analysis.verdict import gather
from clipviz.core.metric import METRICS
from clipviz.core.recipe import Choice, Data, Inputs, Recipe
from clipviz.core.run import Result, Run, State
from clipviz.core.sweep import Design, Sweep, Variant, Vary
from clipviz.core.table import Feature, Table
from clipviz.runs.check import complete
from clipviz.runs.sweeps.variants import variants
from clipviz.store.telemetry import History

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BARE = Recipe(
    data=Data(dataset="00000000000000d1", target="y"),
    activation=Choice(id="none"),
    gradient=Choice(id="none"),
)
CLIPPED = BARE.model_copy(
    update={"gradient": Choice(id="global_norm"), "inputs": Inputs(default=Choice(id="tukey"))}
)


def run(
    variant: Variant, seed: int, state: State = State.FINISHED, mae: float | None = 2.0, reason: str = ""
) -> Run:
    result = Result(
        metrics={"mae": mae, "rmse": 3.0}, validation={"mae": 2.5}, train={}, baseline={}, thresholds={}, bounds={},
        steps=10, best_step=5, seconds=1.5, clipped_share=0.25,
    )  # fmt: skip
    id = variant.at(seed).id
    return Run(
        id=id, recipe=id, arm=variant.name, seed=seed, dataset="d", name="r", state=state, reason=reason,
        created_at=NOW, result=result.model_dump() if state is State.FINISHED else None,
    )  # fmt: skip


@pytest.fixture
def sweep() -> Sweep:
    variants = (
        Variant(name="no clip", recipe=BARE),
        Variant(name="clip", recipe=CLIPPED, reference="no clip"),
    )
    design = Design(recipe=CLIPPED, seeds=(0, 1, 2))
    return Sweep(id="5" * 16, dataset="d", name="s", design=design, variants=variants, created_at=NOW)


def test_what_tells_an_arm_from_its_reference_is_known_where_it_is_clips_alone() -> None:
    bent = complete(BARE.model_copy(update={"activation": Choice(id="learned_tanh")}))
    design = Design(
        recipe=bent.replace("gradient.id", "global_norm"),
        vary=(
            Vary(path="gradient.max_norm", values=(1.0, 9.0)),
            Vary(path="optimiser.learning_rate", values=(0.01, 0.1)),
        ),
        seeds=(0,),
    )
    found = variants(design)
    arms = gather.arms([gather.Group(variant, {}) for variant in found], METRICS["mae"])
    assert [arm.added for arm in arms] == [("gradient",) if arm.reference else () for arm in arms]
    assert sum(bool(arm.reference) for arm in arms) == 4
    other = Variant(
        name="x", recipe=found[-1].recipe.replace("optimiser.learning_rate", 0.5), reference=found[0].name
    )
    assert gather.arms([gather.Group(each, {}) for each in (found[0], other)], METRICS["mae"])[1].added == ()


def test_a_run_that_counts_is_not_hidden_by_another_in_its_place(sweep: Sweep) -> None:
    bare = sweep.variants[0]
    first, second = run(bare, 0), run(bare, 0, State.STOPPED)
    for runs in ([first, second], [second, first], [first, run(bare, 0, mae=9.0)]):
        [group, _] = gather.of_sweep(sweep, runs)
        assert group.runs == {0: first}


def test_runs_become_outcomes_by_arm_and_seed(sweep: Sweep) -> None:
    bare, clipped = sweep.variants
    runs = [
        run(bare, 0), run(clipped, 0, mae=1.0), run(clipped, 1, mae=None),
        run(clipped, 2, State.FAILED, reason="Training diverged: no finite step since step 3"),
        run(bare, 1, State.FAILED, reason="crashed, signal 9"), run(bare, 2, State.STOPPED),
    ]  # fmt: skip
    groups = gather.of_sweep(sweep, [*runs, run(Variant(name="not planned", recipe=BARE), 0)])
    assert [metric.name for metric in gather.metrics(groups)] == ["mae", "rmse"]
    assert [metric.name for metric in gather.metrics(groups, "rmse")] == ["rmse", "mae"]
    none, clip = gather.arms(groups, METRICS["mae"], lambda recipe: 0.1)
    assert list(none.outcomes) == [0], "crashes and stops say nothing about an arm"
    assert (none.clips, none.reference) == ((), "") and (clip.clips, clip.reference) == (
        ("inputs", "gradient"),
        "no clip",
    )
    assert [(seed, each.diverged) for seed, each in clip.outcomes.items()] == [
        (0, False),
        (1, True),
        (2, True),
    ]
    assert clip.outcomes[0].fired == {"inputs": 0.1, "gradient": 0.25} and clip.outcomes[0].validation == 2.5
    assert none.rows == clip.rows and none.scale_free


def test_an_optimiser_that_divides_by_the_gradients_size_is_told_apart() -> None:
    for name, scale_free in (("adam", True), ("sgd", False)):
        variant = Variant(name="x", recipe=BARE.replace("optimiser.id", name))
        assert gather.arms([gather.Group(variant, {})], METRICS["mae"])[0].scale_free is scale_free


def test_rows_touched_counts_test_rows_too() -> None:
    values = np.zeros((40, 1))
    values[:20, 0] = np.arange(20)
    values[39, 0] = 1e6
    table = Table(
        features=(Feature("x"),), inputs=values, target=np.zeros(40), target_name="y", task="regression", classes=(),
        train=np.arange(20), validation=np.arange(20, 30), test=np.arange(30, 40), source_rows=np.arange(40),
    )  # fmt: skip
    assert gather.rows_touched(table, CLIPPED) == 1 / 40


def test_rows_touched_counts_those_whose_target_is_clamped() -> None:
    target = np.zeros(40)
    target[[3, 5, 35]] = 1e3
    table = Table(
        features=(Feature("x"),), inputs=np.zeros((40, 1)), target=target, target_name="y", task="regression",
        classes=(), train=np.arange(20), validation=np.arange(20, 30), test=np.arange(30, 40),
        source_rows=np.arange(40),
    )  # fmt: skip
    clamped = BARE.model_copy(update={"target_clamp": Choice.of("sigma", k=1.0)})
    assert gather.rows_touched(table, clamped) == 2 / 40, "a target of a test row stays as it is"
    assert gather.rows_touched(table, BARE) == 0


def test_saturation_is_the_mean_over_layers_of_what_was_measured() -> None:
    values = np.array([[0.2, np.nan, 5], [0.4, 0.6, 5]], np.float32)
    history = History(("saturated/a", "saturated/b", "loss"), np.arange(2), values)
    silent = History(("loss",), np.arange(1), values[:1, :1])
    assert gather.saturation({"r": history, "s": silent}) == {"r": pytest.approx(0.4)}


def test_a_clip_that_bends_or_rounds_is_not_taken_for_silent_where_it_holds_nothing_back() -> None:
    for activation, silent in ((Choice.of("fixed", theta=6.0), True), (Choice.of("pact", bits=2), False),
                               (Choice(id="learned_tanh"), False)):  # fmt: skip
        for recipe in (
            BARE.model_copy(update={"activation": activation}),
            BARE.model_copy(update={"clips_at": {"layer 1": (activation,)}}),
        ):
            variant = Variant(name="clip", recipe=recipe, reference="none")
            group = gather.Group(variant, {0: run(variant, 0)})
            [arm] = gather.arms([group], METRICS["mae"], saturated={group.runs[0].id: 0.0})
            assert arm.clips == ("activation",) and arm.outcomes[0].fired == {"activation": 0.0}
            assert (arm.silent() == ["activation"]) is silent


def test_a_metric_that_the_best_constant_has_not_either_is_undefined_and_not_diverged(sweep: Sweep) -> None:
    bare, _ = sweep.variants
    ended = run(bare, 0, mae=None)
    rows = {"mae": 6.0, "rmse": None}
    for metrics, baseline, seen in (
        ({"mae": 1.0, "rmse": None}, rows, (False, True)),
        ({"mae": 1.0, "rmse": None}, {"mae": 6.0, "rmse": 7.0}, (True, False)),
        ({"mae": None, "rmse": None}, rows, (True, False)),
    ):
        told = ended.model_copy(
            update={"result": (ended.result or {}) | {"metrics": metrics, "baseline": baseline}}
        )
        [arm] = gather.arms([gather.Group(bare, {0: told})], METRICS["rmse"])
        assert (arm.outcomes[0].diverged, arm.outcomes[0].undefined) == seen
