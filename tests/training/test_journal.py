"""Counts, spikes and divergence, whatever the blocks they arrive in."""

from dataclasses import asdict

import numpy as np
import pytest

from clipviz.core.errors import TrainingFailed
from clipviz.training.journal import Journal, loud, ordinal


def block(norms: list[float], **changes: list[float]) -> dict[str, np.ndarray]:
    given = {
        "loss": [1.0] * len(norms),
        "gradient_norm": norms,
        "gradient_norm_clipped": [min(norm, 1.0) for norm in norms],
        "fired": [float(1 < norm < np.inf) for norm in norms],
        "skipped": [float(not np.isfinite(norm)) for norm in norms],
    } | changes
    return {name: np.array(values, dtype=np.float32) for name, values in given.items()}


def read(numbers: dict[str, np.ndarray], cuts: list[int]) -> tuple[Journal, list[tuple[int, str, str]]]:
    journal, events = Journal(), []
    count = len(numbers["loss"])
    for start, end in zip([0, *cuts], [*cuts, count], strict=True):
        part = {name: values[start:end] for name, values in numbers.items()}
        journal.read(np.arange(start + 1, end + 1), part, lambda *event: events.append(event))
    return journal, events


def test_a_spike_is_told_in_words() -> None:
    journal, events = read(block([0.5] * 30 + [38.0] + [0.5] * 5), [])
    assert journal.spikes == 1 and journal.fired == 1
    assert events == [(31, "spike", "step 31: gradient norm 38 -> 1 (usually 0.5), the 1st spike")]


def test_blocks_do_not_matter() -> None:
    generator = np.random.default_rng(0)
    norms = np.exp(generator.normal(size=300) * 2)
    norms[[40, 41, 200]] = np.nan
    numbers = block(norms.tolist())
    whole, cut = read(numbers, []), read(numbers, [1, 2, 41, 150, 299])
    assert asdict(whole[0]) == asdict(cut[0]) and whole[1] == cut[1]
    assert whole[0].skipped == whole[0].non_finite == 3


def test_a_skipped_step_is_not_counted_as_clipped() -> None:
    journal, events = read(block([0.5, np.inf, 0.5]), [])
    assert (journal.fired, journal.skipped) == (0, 1)
    assert events == [(2, "nonfinite", "step 2: the gradient is not finite; the step was left out")]


def test_a_finite_step_that_the_clip_leaves_out_is_counted_apart() -> None:
    skipped = [0.0] * 30 + [1.0] + [0.0] * 5
    journal, events = read(block([0.5] * 30 + [38.0] + [0.5] * 5, skipped=skipped, fired=[0.0] * 36), [])
    assert (journal.skipped, journal.left_out, journal.non_finite) == (1, 1, 0)
    assert events == [(31, "spike", "step 31: gradient norm 38, step left out (usually 0.5), the 1st spike")]


def test_a_loss_that_is_not_finite_at_the_first_step_ends_it() -> None:
    with pytest.raises(TrainingFailed, match=r"finite at the first step; received inf\. Clamp the inputs"):
        read(block([1.0], loss=[np.inf]), [])


def test_a_hundred_steps_in_a_row_end_it() -> None:
    with pytest.raises(
        TrainingFailed, match=r"diverged: no finite step since step 6.*Lower the learning rate"
    ):
        read(block([1.0] * 5 + [np.nan] * 100), [50])
    journal, events = read(block([1.0] * 5 + [np.nan] * 99 + [1.0]), [50])
    assert journal.non_finite == 99
    assert "finite again after 99 steps" in events[-1][2]


def test_many_events_are_told_ever_less_often_but_counted() -> None:
    norms = ([0.5] * 40 + [50.0]) * 25
    journal, events = read(block(norms), [])
    assert journal.spikes == 25 and len(events) == 11  # 1 to 10, and 20


def test_words() -> None:
    said = [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)]
    assert said == ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th"]
    assert [number for number in range(1, 301) if loud(number)] == [
        *range(1, 10),
        *range(10, 100, 10),
        100,
        200,
        300,
    ]
