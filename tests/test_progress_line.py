import io

import numpy as np
import pytest

from clipviz import progress_line
from clipviz.progress_line import ProgressLine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def feed(line: ProgressLine) -> None:
    line.begin(
        1000, "cpu", {"step": ["loss", "gradient_norm"], "evaluation": ["train_loss", "validation_loss"]}
    )
    line.telemetry("evaluation", np.array([5]), np.array([[0.3, 0.25]], np.float32))
    line.telemetry("step", np.array([9, 10]), np.array([[0.9, 1], [0.5, 1]], np.float32))
    line.event(10, "spike", "step 10: gradient norm 38 -> 1.0")
    line.event(11, "stop", "step 11: no better for 40 evaluations")
    line.end()


def test_a_terminal_keeps_one_line_and_the_words_that_matter() -> None:
    stream = Terminal()
    feed(ProgressLine(stream))
    said = stream.getvalue()
    assert said.startswith("1,000 steps on cpu\n\rstep 10 of 1,000, validation loss 0.25, loss 0.5")
    assert said.endswith("\rstep 11: no better for 40 evaluations\n") and "38" not in said


def test_a_log_file_gets_plain_lines() -> None:
    stream = io.StringIO()
    feed(ProgressLine(stream))
    assert "\r" not in stream.getvalue()
    assert stream.getvalue().splitlines()[1] == "step 10 of 1,000, validation loss 0.25, loss 0.5"


def test_it_is_not_redrawn_at_every_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_line, "SECONDS", 1000.0)
    stream = Terminal()
    line = ProgressLine(stream)
    line.begin(1000, "cpu", {"step": ["loss"]})
    line._drawn_at = progress_line.time.monotonic()
    line.telemetry("step", np.array([1]), np.ones((1, 1), np.float32))
    line.end()
    assert stream.getvalue() == "1,000 steps on cpu\n"
