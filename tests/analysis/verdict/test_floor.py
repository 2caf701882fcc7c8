import pytest

from clipviz.analysis.verdict.arm import Arm, Outcome
from clipviz.analysis.verdict.floor import hardly_better
from clipviz.core.metric import METRICS


def arms(constant: float | None, **means: float) -> list[Arm]:
    return [
        Arm(name=name, outcomes={seed: Outcome(metric=mean, constant=constant) for seed in range(3)})
        for name, mean in means.items()
    ]


@pytest.mark.parametrize(
    ("metric", "constant", "none", "clipped", "told"),
    [
        ("mae", 414.6, 650.0, 410.6, True),
        ("mae", 414.6, 359.0, 410.6, False),
        ("r2", -0.001, -3.0, 0.02, True),
        ("r2", -0.001, -3.0, 0.4, False),
        ("accuracy", 0.9, 0.89, 0.902, True),
        ("accuracy", 0.9, 0.89, 0.96, False),
        ("mae", None, 650.0, 410.6, False),
    ],
)
def test_it_is_told_where_no_arm_is_clearly_better_than_a_constant(
    metric: str, constant: float | None, none: float, clipped: float, told: bool
) -> None:
    said = hardly_better(arms(constant, none=none, clipped=clipped), METRICS[metric])
    assert bool(said) is told
    if told:
        assert "the best arm, clipped" in said and f"{constant:.4g}" in said


def test_what_diverged_has_reached_nothing() -> None:
    lost = Arm(name="lost", outcomes={0: Outcome(diverged=True, constant=1.0)})
    assert hardly_better([lost], METRICS["mae"]) == ""
