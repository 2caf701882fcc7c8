"""A replica is what its run would be by itself."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from clipviz.core.recipe import Recipe
from clipviz.core.run import State
from clipviz.core.table import Feature, Table
from clipviz.training import checkpoint
from clipviz.training.ending import MODEL
from clipviz.training.loop import train
from clipviz.training.replicas.many import train_many
from clipviz.training.replicas.member import Ended

from ..conftest import Ear, classification, recipe, regression

SMALL = {"model__widths": (6, 5), "training__epochs": 12, "stopping__patience": 2}
SMALL_STEPS = {"training__epochs": 12, "stopping__patience": 2}
CASES: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "learned tanh, global norm, Adam": (
        {"activation__id": "learned_tanh", "gradient__id": "global_norm"},
        [{"seed": 1}, {"seed": 2, "gradient__max_norm": 0.2}, {"seed": 3, "optimiser__learning_rate": 0.03}],
    ),
    "batch norm, AdamW": (
        # A bias before a norm has no gradient but rounding, which Adam would blow up to whole steps.
        {"model__norm": "batch", "optimiser": {"id": "adamw", "epsilon": 0.001}},
        [{"seed": 1}, {"seed": 2, "optimiser__weight_decay": 0.1}],
    ),
    "batch norm, one row left over": (
        {"model__norm": "batch", "optimiser__id": "sgd", "training__batch_size": 139},
        [{"seed": 1}, {"seed": 2}],
    ),
    "value clip, momentum, penalties": (
        {
            "activation": {"id": "learned_hard", "per": "channel"},
            "gradient__id": "value",
            "optimiser__id": "sgd",
        },
        [{"seed": 1}, {"seed": 1, "activation__penalty": 0.1, "activation__threshold_rate": 3.0}],
    ),
    "adaptive clip, schedule, fronts": (
        {"gradient__id": "autoclip", "schedule__id": "cosine", "activation__id": "fixed"},
        [{"seed": 1}, {"seed": 2, "inputs__default__id": "quantile"}, {"seed": 2, "activation__theta": 0.7}],
    ),
    "gradient clips of four kinds": (
        {"activation__id": "learned_tanh"},
        [
            {"seed": 1, "gradient": {"id": "value", "max_value": 0.05}},
            {"seed": 2, "gradient": {"id": "none"}},
            {"seed": 3, "gradient": {"id": "agc"}},
            {"seed": 4, "gradient": {"id": "autoclip"}},
            {"seed": 5, "gradient": {"id": "value", "max_value": 0.2}},
        ],
    ),
    "spikes, step scaled": (
        {"gradient__id": "zclip", "training__accumulation": 2},
        [{"seed": 1}, {"seed": 2, "stopping__patience": 0}],
    ),
}  # fmt: skip


def many(
    recipes: Sequence[Recipe], table: Table, ears: Sequence[Ear], folder: Path, **given: Any
) -> list[Ended]:
    folders = [folder / f"run {place}" for place in range(len(recipes))]
    return train_many(recipes, table, ears, device="cpu", folders=folders, home=folder / "program", **given)


def alone(made: Recipe, table: Table, folder: Path) -> tuple[Ear, Ended]:
    ear = Ear()
    return ear, Ended(*train(made, table, ear, device="cpu", folder=folder))


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / MODEL)


def assert_alike(ear: Ear, twin: Ear) -> None:
    assert ear.steps == twin.steps and ear.series.items() <= twin.series.items()
    for stream in ("step", "evaluation"):
        assert ear.steps_of(stream).tolist() == twin.steps_of(stream).tolist()
        for name in twin.series[stream]:
            np.testing.assert_allclose(
                ear.line(stream, name), twin.line(stream, name), rtol=2e-3, atol=2e-4, err_msg=name
            )


@pytest.mark.parametrize("case", CASES)
def test_a_replica_equals_its_run_by_itself(case: str, tmp_path: Path) -> None:
    shared, numbers = CASES[case]
    recipes, table = [recipe(**SMALL | shared | own) for own in numbers], regression()
    ears = [Ear() for _ in recipes]
    for place, ended in enumerate(many(recipes, table, ears, tmp_path)):
        twin, wanted = alone(recipes[place], table, tmp_path / f"alone {place}")
        assert ended.error is None and ended.state is wanted.state
        assert_alike(ears[place], twin)
        assert ended.result is not None and wanted.result is not None
        for name in ("metrics", "validation", "train"):
            assert getattr(ended.result, name) == pytest.approx(getattr(wanted.result, name), rel=1e-3)
        assert (ended.result.steps, ended.result.best_step) == (wanted.result.steps, wanted.result.best_step)
        assert ended.result.clipped_share == wanted.result.clipped_share
        mine, theirs = weights(tmp_path / f"run {place}"), weights(tmp_path / f"alone {place}")
        assert mine.keys() == theirs.keys()
        for name, tensor in theirs.items():
            torch.testing.assert_close(mine[name], tensor, atol=2e-3, rtol=2e-3)
        assert any("is trained together with" in words for words in ears[place].words("info"))


def test_losses_with_numbers_of_their_own_are_kept_apart(tmp_path: Path) -> None:
    table = classification(120)
    made = [
        recipe(**SMALL, loss={"id": "cross_entropy", "class_weighted": True}, seed=seed) for seed in (1, 2)
    ]
    ears = [Ear(), Ear()]
    began = time.perf_counter()
    ended = many(made, table, ears, tmp_path)
    took = time.perf_counter() - began
    seconds = [each.result.seconds for each in ended if each.result]
    assert 0 < sum(seconds) < took and min(seconds) > 0, "the time of a program is divided among its runs"
    assert_alike(ears[1], alone(made[1], table, tmp_path / "alone")[0])


def test_convolutions_share_a_program(tmp_path: Path) -> None:
    features = tuple(Feature(f"{row},{column}") for row in range(4) for column in range(4))
    table = classification(
        80, inputs=np.random.default_rng(0).random((80, 16)), features=features, image=(4, 4, 1)
    )
    shared = {"model": {"id": "cnn", "channels": (2, 3), "norm": "batch"}, "optimiser__id": "sgd"}
    made = [
        recipe(**SMALL_STEPS, **shared, activation={"id": "fixed", "theta": theta}, seed=seed)
        for seed, theta in enumerate((0.5, 1.0))
    ]
    ears = [Ear(), Ear()]
    began = time.perf_counter()
    ended = many(made, table, ears, tmp_path)
    took = time.perf_counter() - began
    seconds = [each.result.seconds for each in ended if each.result]
    assert 0 < sum(seconds) < took and min(seconds) > 0, "the time of a program is divided among its runs"
    assert_alike(ears[1], alone(made[1], table, tmp_path / "alone")[0])


def test_a_neighbour_that_diverges_changes_nothing(tmp_path: Path) -> None:
    shared = SMALL | {
        "optimiser__id": "sgd",
        "training__epochs": 40,
        "stopping__patience": 0,
        "gradient__id": "none",
    }
    good = [recipe(**shared, seed=seed) for seed in (1, 2)]
    wild = recipe(**shared, seed=1, optimiser__learning_rate=100.0)
    table, ears = regression(), [Ear(), Ear(), Ear()]
    first, lost, second = many([good[0], wild, good[1]], table, ears, tmp_path)
    assert lost.state is State.FAILED and "diverged" in str(lost.error)
    assert ears[1].words("nonfinite")
    for made, ended, ear in ((good[0], first, ears[0]), (good[1], second, ears[2])):
        twin, wanted = alone(made, table, tmp_path / f"alone {made.seed}")
        assert ended.result is not None and wanted.result is not None
        assert ended.result.metrics == pytest.approx(wanted.result.metrics, rel=1e-3)
        assert_alike(ear, twin)


class Killed(BaseException):
    """As if the process had died."""


@pytest.mark.parametrize("how", ["killed", "paused"])
def test_a_program_that_is_broken_off_ends_with_the_very_bits(how: str, tmp_path: Path) -> None:
    def wish(flushes: int) -> Any:
        if flushes == 25 and how == "killed":
            raise Killed
        return "pause" if flushes == 25 else "run"

    shared = SMALL | {"activation__id": "learned_tanh", "gradient__id": "autoclip", "model__dropout": 0.1}
    shared |= {"training__gradient_noise": 0.1}
    numbers: list[dict[str, Any]] = [
        {"seed": 1},
        {"seed": 2, "optimiser__weight_decay": 0.1},
        {"seed": 3, "gradient": {"id": "adagc"}},
    ]
    recipes, table = [recipe(**shared | own) for own in numbers], regression()
    eager = {"flush_seconds": 0.0, "checkpoint_seconds": 0.0}
    whole = many(recipes, table, [Ear() for _ in recipes], tmp_path / "whole", **eager)
    ears = [Ear(wish) for _ in recipes]
    if how == "killed":
        with pytest.raises(Killed):
            many(recipes, table, ears, tmp_path / "parts", **eager)
    else:
        ended = many(recipes, table, ears, tmp_path / "parts", **eager)
        assert [each.state for each in ended] == [State.PAUSED] * 3
    last = [Ear() for _ in recipes]
    parts = many(recipes, table, last, tmp_path / "parts", **eager)
    for place, (one, other) in enumerate(zip(whole, parts, strict=True)):
        assert any("continues from the checkpoint" in words for words in last[place].words("info"))
        assert one.result is not None and other.result is not None
        assert one.result.model_dump(exclude={"seconds"}) == other.result.model_dump(exclude={"seconds"})
        mine, theirs = (weights(tmp_path / name / f"run {place}") for name in ("whole", "parts"))
        assert all(torch.equal(mine[name], theirs[name]) for name in theirs)


def test_a_damaged_checkpoint_costs_its_own_runs_their_progress_and_nobody_else_anything(
    tmp_path: Path,
) -> None:
    """Two programs of one call; the file of the first is cut short."""
    shared = SMALL | {"training__epochs": 6}
    recipes = [
        recipe(**shared, seed=seed, model={"id": "mlp", "widths": [width]})
        for width in (4, 5)
        for seed in (1, 2)
    ]
    table, eager = regression(), {"flush_seconds": 0.0, "checkpoint_seconds": 0.0}
    whole = many(recipes, table, [Ear() for _ in recipes], tmp_path / "whole", **eager)
    pausing = [Ear(lambda flushes: "pause" if flushes == 6 else "run") for _ in recipes]
    assert {each.state for each in many(recipes, table, pausing, tmp_path, **eager)} == {State.PAUSED}
    file = tmp_path / "program" / "run 0" / checkpoint.NAME
    file.write_bytes(file.read_bytes()[:1000])
    ears = [Ear() for _ in recipes]
    for place, (one, other) in enumerate(
        zip(whole, many(recipes, table, ears, tmp_path, **eager), strict=True)
    ):
        assert one.result is not None and other.result is not None and other.error is None
        assert one.result.metrics == other.result.metrics
        anew = any("what was in it begins anew" in words for words in ears[place].words("warning"))
        assert anew == (place < 2)
        assert any("continues from" in words for words in ears[place].words("info")) == (place >= 2)
    (tmp_path / "program").rename(tmp_path / "gone")
    (tmp_path / "run 0" / checkpoint.NAME).write_bytes(b"half")
    ears = [Ear() for _ in recipes]
    assert [each.error for each in many(recipes, table, ears, tmp_path)] == [None] * 4
    assert any("its checkpoint cannot be read" in words for words in ears[0].words("warning"))


def test_one_is_paused_and_one_is_stopped_while_others_go_on(tmp_path: Path) -> None:
    recipes, table = [recipe(**SMALL, seed=seed) for seed in range(4)], regression()
    wishes = {1: "pause", 2: "stop"}
    ears = [
        Ear(lambda flushes, place=place: wishes.get(place, "run") if flushes > 9 else "run")
        for place in range(4)
    ]
    states = [ended.state for ended in many(recipes, table, ears, tmp_path, flush_seconds=0.0)]
    assert states == [State.FINISHED, State.PAUSED, State.STOPPED, State.FINISHED]
    again = Ear()
    home, folder = tmp_path / "program", tmp_path / "run 1"
    (ended,) = train_many([recipes[1]], table, [again], device="cpu", folders=[folder], home=home)
    assert ended.state is State.FINISHED
    twin, _ = alone(recipes[1], table, tmp_path / "alone")
    for stream in ("step", "evaluation"):
        ears[1].blocks[stream] += again.blocks[stream]  # type: ignore[index]
    assert_alike(ears[1], twin)


def test_what_is_drawn_at_random_is_the_same_whatever_the_clock_says(tmp_path: Path) -> None:
    shared = SMALL | {"model__dropout": 0.2, "training__gradient_noise": 0.1}
    recipes, table = [recipe(**shared, seed=seed) for seed in range(4)], regression()
    often, rarely = [Ear() for _ in recipes], [Ear() for _ in recipes]
    many(recipes, table, often, tmp_path / "often", most=2, flush_seconds=0.0)
    many(recipes, table, rarely, tmp_path / "rarely", most=2, flush_seconds=60.0)
    for one, other in zip(often, rarely, strict=True):
        assert one.line("step", "loss").tolist() == other.line("step", "loss").tolist()
        assert any("draws at random" in words for words in one.words("info"))


def test_runs_out_of_time_are_judged_where_they_stand(tmp_path: Path) -> None:
    recipes = [recipe(model__widths=(6,), seed=seed, stopping__most_seconds=0.01) for seed in (1, 2)]
    ears = [Ear(), Ear()]
    for ended, ear in zip(many(recipes, regression(20_000), ears, tmp_path), ears, strict=True):
        assert ended.result is not None and 0 < ended.result.steps < 400
        assert ear.steps_of("evaluation").tolist() == [0, ended.result.steps]
        assert "the most time, 0.01 s of the program that it is trained in" in ear.words("rule")[0]


def test_inputs_that_say_nothing_fail_alone(tmp_path: Path) -> None:
    flat = {"inputs__default": {"id": "fixed", "lo": 50.0, "hi": 51.0}}
    recipes = [recipe(**SMALL, seed=1), recipe(**SMALL, seed=2), recipe(**SMALL | flat, seed=3)]
    good, other, lost = many(recipes, regression(), [Ear(), Ear(), Ear()], tmp_path)
    assert good.state is other.state is State.FINISHED
    assert lost.state is State.FAILED and "at least one input that varies" in str(lost.error)


def test_what_cannot_be_vectorised_is_trained_by_itself_and_says_so(tmp_path: Path) -> None:
    recipes = [recipe(**SMALL, training__precision="bfloat16", seed=seed) for seed in (1, 2)]
    ears = [Ear(), Ear()]
    told: list[int] = []
    ended = many(recipes, regression(), ears, tmp_path, ended=lambda place, how: told.append(place))
    assert [each.state for each in ended] == [State.FINISHED] * 2 and told == [0, 1]
    assert "is trained by itself: programs compute in float32" in ears[0].words("info")[0]


def test_what_cannot_be_built_fails_alone(tmp_path: Path) -> None:
    recipes = [
        recipe(**SMALL, seed=1),
        recipe(**SMALL, seed=2),
        recipe(**SMALL, inputs__columns__no={"id": "sigma"}),
    ]
    ended = many(recipes, regression(), [Ear(), Ear(), Ear()], tmp_path)
    assert [each.state for each in ended] == [State.FINISHED, State.FINISHED, State.FAILED]
    assert "number column" in str(ended[2].error)
