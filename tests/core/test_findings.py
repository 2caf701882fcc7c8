from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from clipviz.core.finding import Evidence, Finding
from clipviz.core.findings import find
from clipviz.core.layer_findings import named
from clipviz.core.ledger import Rule
from tests.core.test_ledger import SPIKY, clipped, ledger

CALM = ledger(clipped(np.linspace(1, 2.4, 200), 2.2))
"""Fires at a seventh of the steps."""


def evidence(recent: Mapping[str, Any] | None = None, told: Any = CALM, **series: Any) -> Evidence:
    lines = {name: np.asarray(values, np.float32) for name, values in series.items()}
    length = max((len(values) for values in lines.values()), default=0)
    now = {name: np.asarray(values, np.float32) for name, values in (recent or {}).items()}
    return Evidence(told, lines, 50 * np.arange(length), now)


def only(found: Evidence) -> Finding:
    (one,) = find(found)
    assert one.remedy
    return one


def test_a_healthy_run_has_no_findings() -> None:
    healthy = {
        "train_loss": [1, 0.5, 0.3, 0.2],
        "validation_loss": [1, 0.6, 0.4, 0.3],
        "dead/layer 1": [0, 0, 0.1, 0.1],
        "informed/layer 1": [0.2, 0.1, 0.1, 0.1],
        "activation/layer 1/p999": [3, 3, 3, 3],
    }
    now = {"saturated/layer 1": [0.1, 0.2], "threshold/layer 1": [2.0, 2.0]}
    assert find(evidence(now, **healthy)) == ()


@pytest.mark.parametrize(("share", "weight"), [(0.62, "warning"), (1.0, "problem")])
def test_dead_units(share: float, weight: str) -> None:
    one = only(evidence(**{"dead/layer 2": [0.0, share]}))
    assert (one.kind, one.weight, one.where) == ("dead", weight, "layer 2")
    assert f"{share:.0%} of its units" in one.text


def test_a_threshold_that_nothing_informs_is_stuck() -> None:
    assert only(evidence(**{"informed/layer 1": [0.1, 0, 0, 0]})).kind == "stuck"
    assert find(evidence(**{"informed/layer 1": [0.1, 0.1, 0, 0]})) == ()


def test_a_threshold_that_holds_everything_has_collapsed() -> None:
    now = {"saturated/layer 1": [0.97, 0.99, np.nan]}
    assert only(evidence(now, **{"informed/layer 1": [0.9] * 3})).kind == "collapsed"
    assert find(evidence(now)) == ()  # a fixed one was chosen so


def test_a_threshold_beyond_everything_ran_away() -> None:
    series = {"informed/layer 1 (2)": [0.1] * 3, "activation/layer 1/p999": [2.0, 2.0, 2.0]}
    assert only(evidence({"threshold/layer 1 (2)": [6.1]}, **series)).kind == "runaway"
    assert find(evidence({"threshold/layer 1 (2)": [5.9]}, **series)) == ()


def test_layers_in_the_same_trouble_share_a_line() -> None:
    shares = {f"dead/layer {at}": [0.5 + at / 100] for at in (1, 3, 4, 5, 6)}
    one = only(evidence(**shares, **{"dead/layer 2": [0.1]}))
    assert one.text.startswith("layers 1 and 3 to 6: 51% to 56% of their units are zero")
    apart = find(evidence(**shares, **{"dead/layer 7": [1.0]}))
    assert [each.where for each in apart] == ["layer 7", "layers 1 and 3 to 6"]
    stuck = only(evidence(**{f"informed/layer {at}": [0.0] * 3 for at in range(1, 21)}))
    assert stuck.text == "The thresholds of layers 1 to 20 are stuck: no value sends them a gradient."
    held = {f"saturated/layer {at}": [0.9 + at / 30] for at in (2, 3)}
    both = only(evidence(held, **{"informed/layer 2": [0.9] * 3, "informed/layer 3": [0.9] * 3}))
    assert both.text.startswith("The thresholds of layers 2 and 3 have collapsed: they hold 97% to 100% of")
    series = {f"informed/{at}": [0.1] * 3 for at in "ab"} | {f"activation/{at}/p999": [2.0] for at in "ab"}
    away = only(evidence({"threshold/a": [7.0], "threshold/b": [9.0]}, **series))
    assert away.text.startswith("The thresholds of a, b ran away: they stand at more than 3 times")


def test_layers_are_named_in_order() -> None:
    assert named(["layer 2"]) == "layer 2"
    assert named([f"layer {at}" for at in (9, 10, 1, 2, 3, 7)]) == "layers 1 to 3, 7, 9 and 10"
    assert named(["layer 1", "layer 4", "output"]) == "layers 1 and 4, output"


def test_clipping_at_every_step_and_never() -> None:
    assert only(evidence(told=ledger(clipped(SPIKY, 0.5)))).kind == "always clips"
    assert only(evidence(told=ledger(clipped(np.ones(50), 90.0)))).kind == "never clips"


def test_spikes_that_nothing_holds_back_name_the_limit_that_would() -> None:
    one = only(evidence(told=ledger(clipped(SPIKY, 90.0), Rule(clips=False))))
    assert one.kind == "spike" and "5 times" in one.text and "at 40" in one.remedy
    assert find(evidence(told=ledger(clipped(SPIKY, 2.0)))) == ()


def test_steps_that_are_not_finite() -> None:
    block = clipped(np.ones(1000), 0.99)
    block["loss"][:3] = np.nan
    one = next(each for each in find(evidence(told=ledger(block))) if each.kind == "non-finite")
    assert one.weight == "warning" and "3 of 1,000 steps" in one.text


def test_over_fitting_names_the_step_of_the_best() -> None:
    one = only(
        evidence(train_loss=[1, 0.5, 0.3, 0.2, 0.1, 0.05], validation_loss=[1, 0.6, 0.4, 0.5, 0.6, 0.7])
    )
    assert one.kind == "over-fitting" and "since step 100" in one.text
    rising = [1, 0.6, 0.4, 0.5, 0.6, 0.7]
    assert find(evidence(train_loss=rising, validation_loss=rising)) == ()


@pytest.mark.parametrize("last", [np.nan, np.inf, 31.0])
def test_a_loss_that_left_has_diverged(last: float) -> None:
    found = find(evidence(train_loss=[10, 9, last], validation_loss=[10, 9, last]))
    assert found[0].kind == "diverged" and found[0].weight == "problem"


def test_the_worst_comes_first() -> None:
    now = {"saturated/layer 1": [1.0]}
    told = ledger(clipped(np.ones(50), 90.0))
    found = find(evidence(now, told, **{"informed/layer 1": [1.0] * 3, "dead/layer 1": [0.6] * 3}))
    assert [each.weight for each in found] == ["problem", "warning", "note"]


def test_a_network_that_is_kept_untrained_is_a_problem() -> None:
    one = only(evidence(train_loss=[1, 0.5, 0.4, 0.3], validation_loss=[25, 26, 30, 31]))
    assert (one.kind, one.weight) == ("untrained", "problem") and "Huber" in one.remedy
    classes = {"validation/accuracy": [0.5] * 4}
    one = only(evidence(train_loss=[1, 0.5, 0.4, 0.3], validation_loss=[25, 26, 30, 31], **classes))
    assert one.remedy.startswith("Lower the learning rate, or look for")
    assert find(evidence(train_loss=[1, 0.99, 0.98, 0.97], validation_loss=[1, 1.01, 1.02, 1.03])) == ()
