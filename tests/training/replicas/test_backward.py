"""Where memory runs out: more pieces, then fewer networks at once, then the size that would fit."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from clipviz.core.recipe import Choice
from clipviz.core.run import State
from clipviz.training.explicit.passing import Passing
from clipviz.training.replicas.stack import Stack

from ..conftest import Ear, classification, recipe, regression
from .test_many import SMALL, alone, many

Limit = Callable[..., None]


Guard = Callable[[bool, int], None]


def guarded(monkeypatch: pytest.MonkeyPatch, guard: Guard) -> None:
    """Asks before rows go through K networks: whether they train, and how many rows of all of them."""
    through, passing = Stack.__call__, Passing.__call__

    def call(stack: Stack, inputs: torch.Tensor, taps: list[torch.Tensor] | None = None) -> torch.Tensor:
        guard(stack._body.training, stack.replicas * inputs.shape[-2])
        return through(stack, inputs, taps)

    def explicit(self: Passing, inputs: torch.Tensor, goal: torch.Tensor) -> Any:
        guard(True, inputs.shape[:-1].numel())
        return passing(self, inputs, goal)

    monkeypatch.setattr(Stack, "__call__", call)
    monkeypatch.setattr(Passing, "__call__", explicit)


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Limit:
    """Lets at most so many rows through at once, of all networks together; from the n-th time on."""

    def limited(most: int, first: int = 1, training: bool = True) -> None:
        calls = [0]

        def guard(trains: bool, rows: int) -> None:
            calls[0] += trains == training
            if trains == training and calls[0] >= first and rows > most:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

        guarded(monkeypatch, guard)

    return limited


def close(ear: Ear, other: Ear) -> bool:
    return np.allclose(ear.line("step", "loss"), other.line("step", "loss"), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("first", [1, 9], ids=["at the first step", "later"])
def test_the_batch_is_halved_and_accumulation_doubled(first: int, limit: Limit, tmp_path: Path) -> None:
    """Under a sharpness-aware step, too, whose second pass stands at other weights."""
    recipes = [
        recipe(
            **SMALL, activation__id="learned_hard", training__sharpness=0.05, seed=seed, optimiser__id="sgd"
        )
        for seed in (1, 2)
    ]
    ears, table = [Ear(), Ear()], regression()
    limit(20, first)
    ends = many(recipes, table, ears, tmp_path, flush_seconds=60.0)  # it is told at the end at the latest
    assert [end.state for end in ends] == [State.FINISHED] * 2
    for ear, made in zip(ears, recipes, strict=True):
        (said,) = ear.words("warning")
        assert "in 4 pieces of 8 rows from here on" in said and "Set training.accumulation to 4" in said
        assert close(ear, alone(made, table, tmp_path / f"alone {made.seed}")[0])


def test_where_pieces_do_not_help_fewer_are_trained_together(limit: Limit, tmp_path: Path) -> None:
    recipes = [
        recipe(**SMALL, model__norm="batch", optimiser__id="sgd", seed=seed, optimiser__learning_rate=0.001)
        for seed in (1, 2, 3)
    ]
    ears, table = [Ear() for _ in recipes], regression()
    limit(70, first=12)
    ends = many(recipes, table, ears, tmp_path)
    assert [end.state for end in ends] == [State.FINISHED] * 3
    for ear, made, together in zip(ears, recipes, (1, 2, 2), strict=True):
        (said,) = ear.words("warning")
        assert said.endswith(f"out of memory; {together} are trained together from here on")
        other = alone(made, table, tmp_path / f"alone {made.seed}")[0]
        assert ear.steps_of("step").tolist() == other.steps_of("step").tolist() and close(ear, other)


@pytest.mark.parametrize(
    ("changes", "most", "words"),
    [
        ({"model__norm": "batch"}, 10, r"A whole batch must fit .*32 rows. Set training.batch_size to 8"),
        ({}, 0, "One row of a batch at a time must fit into memory"),
        (
            {"loss": Choice.of("cross_entropy", class_weighted=True), "training__batch_size": 16},
            5,
            "Set training.batch_size to 4",
        ),
    ],
)
def test_where_nothing_helps_the_size_that_fits_is_named(
    changes: dict[str, Any], most: int, words: str, limit: Limit, tmp_path: Path
) -> None:
    recipes, ears = [recipe(**SMALL, **changes, seed=seed) for seed in (1, 2)], [Ear(), Ear()]
    limit(most)
    ends = many(recipes, classification(), ears, tmp_path)
    for end in ends:
        assert end.state is State.FAILED
        with pytest.raises(Exception, match=words):
            raise end.error  # type: ignore[misc]


def test_an_evaluation_takes_fewer_rows_at_once(limit: Limit, tmp_path: Path) -> None:
    recipes, ears = [recipe(**SMALL, seed=seed) for seed in (1, 2)], [Ear(), Ear()]
    limit(35, training=False)
    ends = many(recipes, regression(), ears, tmp_path)
    assert [end.state for end in ends] == [State.FINISHED] * 2


def test_a_device_that_vanishes_ends_each_run_with_what_it_has_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls = [0]

    def guard(trains: bool, rows: int) -> None:
        calls[0] += trains
        if calls[0] == 8:
            raise torch.AcceleratorError("CUDA error: the GPU is lost")

    guarded(monkeypatch, guard)
    ears = [Ear(), Ear()]
    ends = many(
        [recipe(**SMALL, seed=seed) for seed in (1, 2)], regression(), ears, tmp_path, flush_seconds=9.0
    )
    for end, ear in zip(ends, ears, strict=True):
        assert end.state is State.FAILED and "go on from the last checkpoint" in str(end.error)
        assert ear.steps_of("step").tolist() == list(range(1, 8))
