from datetime import UTC, datetime

import numpy as np

from clipviz.analysis.verdict.screening import Screening
from clipviz.analysis.verdict.verdict import judge
from clipviz.charts.cell import Cell
from clipviz.core.metric import METRICS
from clipviz.core.recipe import Choice, Data, Recipe
from clipviz.core.sweep import Design, Sweep, Vary
from clipviz.runs.sweeps.variants import variants
from clipviz.ui import verdict_figures
from tests.analysis.verdict.test_verdict import arm

MAE = METRICS["mae"]


def test_arms_with_more_seeds_are_shown_by_those_that_all_have() -> None:
    base = np.array([1.0, 2.0, 3.0, 10.0, 10.0, 10.0])
    stayed = arm("stayed", np.where(base == 2, np.nan, base), "none")
    arms = [arm("none", base), stayed, arm("left", base[:3] + 1, "none")]
    verdict = judge(arms, MAE, screening=Screening(left=frozenset({"left"}), fresh=frozenset()))
    cells, note = verdict_figures.compared_alike(verdict, {"none", "stayed", "left"})
    assert cells == {"none": Cell(2.0, 3), "stayed": Cell(2.0, 3, 1), "left": Cell(3.0, 3)}
    assert note == (
        "Means over the 3 seeds that all these arms have; some have up to 6. ✕ Diverged, and not in the means: 1 run."
    )
    assert verdict_figures.compared_alike(verdict, {"none"})[0]["none"] == Cell(6.0, 6)
    apart = judge([arm("none", base), arm("x", base, "none").over({9})], MAE)
    assert verdict_figures.compared_alike(apart, {"none", "x"}) == ({"none": Cell(6.0, 6)}, "")


def test_a_heatmap_of_other_fields_than_clips_shows_the_arms_that_have_all_their_clips() -> None:
    recipe = Recipe(
        data=Data(dataset="00000000000000d1", target="y"),
        activation=Choice(id="learned_tanh"),
        gradient=Choice(id="global_norm"),
    )
    vary = (
        Vary(path="optimiser.learning_rate", values=(0.1, 0.01)),
        Vary(path="training.batch_size", values=(8, 16)),
    )
    design = Design(recipe=recipe, vary=vary, seeds=(0, 1), families_alone=True)
    sweep = Sweep(
        id="5" * 16, dataset="d", name="s", design=design, variants=variants(design), created_at=datetime.now(UTC)
    )  # fmt: skip
    assert len(sweep.variants) == 4 * 4, "both clips, none, and each alone"
    whole = [each.name for each in sweep.variants if each.parts]
    arms = [
        arm(each.name, [float(whole.index(each.name) if each.name in whole else 99)] * 2, each.reference)
        for each in sweep.variants
    ]
    rows, columns, cells, note = verdict_figures.grid(sweep, judge(arms, MAE))
    assert (rows, columns) == (["0.1", "0.01"], ["8", "16"])
    assert [[each.mean for each in row] for row in cells] == [[0, 1], [2, 3]]
    assert "those without are in the table" in note
