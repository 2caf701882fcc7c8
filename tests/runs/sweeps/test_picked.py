from datetime import UTC, datetime, timedelta

from clipviz.core.recipe import Choice, Data, Recipe
from clipviz.core.run import Run, State
from clipviz.runs.sweeps.picked import grouped

BARE = Recipe(
    data=Data(dataset="00000000000000d1", target="y"),
    activation=Choice(id="none"),
    gradient=Choice(id="none"),
)


def pick(*recipes: Recipe):
    runs, known = [], {}
    for number, recipe in enumerate(recipes):
        id = f"{number:016x}"
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
        runs.append(
            Run(id=id, recipe=recipe.id, dataset="d", name=id, state=State.FINISHED, created_at=moment)
        )
        known[id] = recipe
    return grouped(runs, known)


def test_runs_that_differ_by_seed_only_are_one_arm_and_the_one_without_clips_is_the_reference() -> None:
    clipped = BARE.replace("gradient.id", "global_norm")
    found = pick(clipped.replace("seed", 1), clipped.replace("device", "cpu"), BARE, BARE.replace("seed", 1))
    assert [(arm.name, arm.reference, sorted(runs)) for arm, runs in found] == [
        ("no clip", "", [0, 1]),
        ("Global norm", "no clip", [0, 1]),
    ]


def test_the_newest_of_two_equal_runs_counts() -> None:
    [(_, runs)] = pick(BARE, BARE)
    assert runs[0].id == f"{1:016x}"
    assert pick() == []


def test_arms_with_the_same_clips_are_named_by_what_differs() -> None:
    names = [arm.name for arm, _ in pick(BARE, BARE.replace("optimiser.learning_rate", 0.5))]
    assert names == ["learning rate 0.001", "learning rate 0.5"]
