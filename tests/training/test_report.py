"""What a run tells its sink, and when."""

import torch

from clipviz.training.report import CAPACITY, Report

from .conftest import Ear

ROW = torch.tensor([[1.0, 1.0, 1.0, 0.0, 0.0]])
SERIES = ("loss", "gradient_norm", "gradient_norm_clipped", "fired", "skipped")


def report(ear: Ear, flush_seconds: float = 1000.0) -> Report:
    ear.series = {"step": SERIES, "evaluation": ("train_loss",)}
    made = Report(SERIES, ear, "cpu")
    made.start(1, 1000.0, flush_seconds)
    return made


def test_the_first_row_leaves_at_once_and_the_others_in_time() -> None:
    made = report(Ear())
    made.ring.write(ROW)
    assert made.is_time
    made.flush()
    made.ring.write(ROW)
    assert not made.is_time and not made.checkpoint_is_time


def test_a_full_ring_is_flushed_before_it_is_overwritten() -> None:
    ear = Ear()
    made = report(ear)
    made.flush()
    for _ in range(CAPACITY):
        assert not made.is_time
        made.ring.write(ROW)
    assert made.is_time
    made.flush()
    assert ear.steps_of("step").tolist() == list(range(1, CAPACITY + 1))


def test_evaluations_and_events_wait_for_the_flush() -> None:
    ear = Ear()
    made = report(ear)
    made.measured("evaluation", 0, [0.5])
    made.measured("evaluation", 50, [float("inf")])
    made.say(50, "info", "a word")
    made.better(50, 0.25)
    assert not ear.events and not ear.blocks["evaluation"]
    assert made.flush() == "run"
    assert ear.steps_of("evaluation").tolist() == [0, 50]
    assert ear.line("evaluation", "train_loss").tolist() == [0.5, float("inf")]
    assert [text for _, _, text in ear.events] == ["a word", "step 50: best validation loss so far, 0.25"]
