"""What a run's record says of the bounds of groups, against the front that was trained behind them."""

from pathlib import Path

import numpy as np
import pytest

from clipviz.core.recipe import Choice, Inputs
from clipviz.core.run import Result
from clipviz.training.fit_front import fit
from clipviz.training.group_limits import group_limits
from clipviz.training.loop import train

from .conftest import Ear, recipe
from .test_fit_front import heavy


@pytest.mark.parametrize("policy", ["tukey", "quantile"])
def test_the_record_holds_the_bounds_that_the_front_uses(policy: str) -> None:
    table = heavy()
    choice = Choice.of(policy, by="g", shrinkage=20.0)
    inputs = Inputs(columns={"a": choice, "b": Choice(id="tukey")})
    found = group_limits(table, inputs)
    assert list(found) == ["a"] and found["a"].by == "g"
    front = fit(table, inputs).front
    levels = next(each.levels for each in table.features if each.name == "g")
    assert tuple(found["a"].levels) == levels
    for place, limit in enumerate(found["a"].levels.values()):
        assert (limit.lo, limit.hi) == (
            front.group_lo[1 + place, 0].item(),
            front.group_hi[1 + place, 0].item(),
        )
        assert limit.hi is not None and limit.lo is not None and limit.hi_interval and limit.lo_interval
        assert (limit.lo_interval[0] or -np.inf) <= limit.lo <= (limit.lo_interval[1] or np.inf)
        assert (limit.hi_interval[0] or -np.inf) <= limit.hi <= (limit.hi_interval[1] or np.inf)


def test_a_run_ends_with_them_and_they_survive_json(tmp_path: Path) -> None:
    inputs = Inputs(default=Choice.of("quantile", by="g"))
    table = heavy()
    _, result = train(
        recipe(training__epochs=1).model_copy(update={"inputs": inputs}),
        table,
        Ear(),
        device="cpu",
        folder=tmp_path,
    )
    assert result.groups == group_limits(table, inputs) and len(result.groups) == 3
    assert Result.model_validate_json(result.model_dump_json()) == result
