import pytest

from clipviz.analysis.claimed import rerun, shown, table
from clipviz.analysis.claims.base import claim
from clipviz.analysis.verdict.arm import Arm, Outcome
from clipviz.analysis.verdict.verdict import judge
from clipviz.core.metric import METRICS
from tests.analysis.claims.test_claims import dataset


def arm(name: str, values: list[float], reference: str = "", fired: float | None = None) -> Arm:
    shares = {} if fired is None else {"inputs": fired}
    outcomes = {
        seed: Outcome(metric=value, validation=value, fired=shares, seconds=2.0)
        for seed, value in enumerate(values)
    }
    return Arm(name=name, outcomes=outcomes, clips=("inputs",) if reference else (), reference=reference)


def test_claimed_and_measured_stand_side_by_side() -> None:
    values = [0.80, 0.82, 0.81]
    arms = [arm("no clip", values), arm("Pixel | range", values, "no clip", 0.0)]
    verdicts = {name: judge(arms, METRICS[name]) for name in ("accuracy", "macro_recall")}
    asked = claim("fashion_pixels")
    found = rerun("fashion_pixels", asked, dataset(asked), "5" * 16, [], verdicts)
    accuracy, recall = found.lines
    assert (accuracy.claimed_before, accuracy.claimed_after) == (
        0.873,
        0.912,
    ) and recall.metric == "macro_recall"
    assert accuracy.before == accuracy.after == pytest.approx(0.81) and accuracy.relation == "identical"
    assert "never fired: it is identical to no clip" in found.sentence
    assert (found.runs, found.seconds, found.epochs) == (
        6,
        12.0,
        asked.recipe(dataset(asked)).training.epochs,
    )
    written = table([found])
    assert "| 87.3 % → 91.2 % | Pixel \\| range | 81.0 % → 81.0 % | +0.0 (" in written
    assert f"n = {found.rows:,}" in written and found.sentence in written
    rows = [line for line in written.splitlines() if line.startswith("|")]
    assert len(rows) == 4 and len({line.replace("\\|", "").count("|") for line in rows}) == 1


def test_shares_are_read_in_percent() -> None:
    assert [
        shown("accuracy", 0.8125),
        shown("accuracy", -0.02, True),
        shown("mae", 2.0, True),
        shown("mae", None),
    ] == [
        "81.2 %",
        "-2.0",
        "+2.000",
        "–",
    ]
