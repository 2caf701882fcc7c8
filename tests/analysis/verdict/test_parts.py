import numpy as np

from clipviz.analysis.verdict.verdict import Verdict, judge
from clipviz.core.metric import METRICS
from tests.analysis.verdict.test_verdict import arm

BASE = np.linspace(5, 6, 10)
NOISE = np.linspace(-0.02, 0.03, 10)


def verdict(whole: float, inputs: float, gradient: float) -> Verdict:
    """Arms by how much each lowers the metric."""
    arms = [
        arm("no clip", BASE),
        arm("both", BASE - whole + NOISE, "no clip", clips=("inputs", "gradient"), fired=0.3)
        .model_copy(update={"parts": ("only inputs", "only gradient")}),
        arm("only inputs", BASE - inputs - NOISE, "no clip", clips=("inputs",), fired=None),
        arm("only gradient", BASE - gradient + NOISE[::-1], "no clip"),
    ]  # fmt: skip
    return judge(arms, METRICS["mae"])


def test_an_arm_meets_the_best_of_its_parts_and_says_whether_the_others_add_anything() -> None:
    better = verdict(whole=2, inputs=1, gradient=0.5)
    assert len(better.comparisons) == 4 and better.chosen == "both"
    assert (better.comparisons[-1].arm, better.comparisons[-1].reference) == ("both", "only inputs")
    assert "both is better still than only inputs: its clips help beside each other" in " ".join(
        better.context
    )
    worse = verdict(whole=0.5, inputs=1, gradient=0)
    assert worse.chosen == "only inputs" and worse.sentence.startswith("only inputs lowers test MAE by 1.0")
    assert "both is worse than only inputs: its other clips cost something" in " ".join(worse.context)
    nothing = verdict(whole=1, inputs=1, gradient=0)
    assert "whether its other clips add anything is not shown" in " ".join(nothing.context)
    assert all(each.p_holm >= each.p for each in nothing.comparisons), "one family of tests"
