from collections.abc import Iterator
from pathlib import Path

import pytest

from clipviz.core.run import Result, State
from clipviz.runs.health import examine, rule_of, with_health
from clipviz.runs.snapshot import HEALTH_SECONDS, Snapshot
from tests.live_story import STEP, Story, rows, story_in


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    told = story_in(tmp_path)
    yield told
    told.store.close()


def test_the_ledger_is_of_every_step_that_was_said(story: Story) -> None:
    run = story.started()
    story.trained(run, 1, 1000)
    health = examine(story.store, run.id, story.recipe.recipe)
    assert health is not None and health.step == 1000
    ledger = health.ledger
    fired = sum(
        int((rows(first, first + 99)[:, STEP.index("fired")] > 0).sum()) for first in range(1, 1001, 100)
    )
    assert (ledger.steps, ledger.fired, ledger.skipped) == (1000, fired, 3)
    assert ledger.entries[0].after.largest == pytest.approx(1)
    assert ledger.spikes >= 8  # one every 97 steps, once the usual is known
    assert health.dominant is None  # what a constant loses was not said


def test_a_run_without_steps_has_no_health(story: Story) -> None:
    assert examine(story.store, story.queued().id, story.recipe.recipe) is None
    assert examine(story.store, story.started().id, story.recipe.recipe) is None


def test_a_result_keeps_the_health_of_its_run(story: Story) -> None:
    run = story.started()
    story.trained(run, 1, 200)
    plain = Result.model_validate(story.ended(run, 200).result)
    kept = with_health(story.store, run.id, story.recipe.recipe, plain)
    assert kept.health is not None and kept.health.ledger.steps == 200
    assert Result.model_validate_json(kept.model_dump_json()) == kept


@pytest.mark.parametrize(
    ("changes", "clips", "turns", "cancels"),
    [
        ({}, True, False, True),
        ({"optimiser.id": "sgd"}, True, False, False),
        ({"training.clip_scales": "step"}, True, False, False),
        ({"gradient.id": "value"}, True, True, True),
        ({"gradient.id": "none"}, False, False, True),
    ],
)
def test_the_rule_follows_from_the_recipe(
    story: Story, changes: dict[str, str], clips: bool, turns: bool, cancels: bool
) -> None:
    recipe = story.recipe.recipe
    for path, value in changes.items():
        recipe = recipe.replace(path, value)
    rule = rule_of(recipe)
    assert (rule.clips, rule.turns, rule.cancels) == (clips, turns, cancels)


def test_a_run_is_examined_every_few_seconds_and_once_more_when_it_has_ended(story: Story) -> None:
    now = [100.0]
    run = story.started()
    snapshot = Snapshot(run.id, story.store, clock=lambda: now[0])
    story.trained(run, 1, 100)
    first = snapshot.health()
    story.trained(run, 101, 200)
    assert snapshot.health() is first
    now[0] += HEALTH_SECONDS + 60
    second = snapshot.health()
    assert second.plain != first.plain
    story.ended(run, 200, State.STOPPED)
    assert snapshot.health() is not second and snapshot.health() is snapshot.health()
