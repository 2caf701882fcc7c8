"""How far a training is, in one line of a terminal."""

import time
from collections.abc import Sequence
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from clipviz.core.run import Request, Stream

SECONDS = 0.5
"""How often the line is redrawn; where standard error is no terminal, a new line every ten seconds."""


class ProgressLine:
    """Implements core.run.Sink on a stream of text; events are lines of their own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._steps = 0
        self._names: dict[Stream, Sequence[str]] = {}
        self._latest: dict[str, float] = {}
        self._drawn_at = 0.0
        self._line = ""

    def begin(self, steps: int, device: str, series: dict[Stream, Sequence[str]]) -> None:
        self._steps, self._names = steps, series
        self._say(f"{steps:,} steps on {device}")

    def telemetry(self, stream: Stream, steps: NDArray[np.int64], values: NDArray[np.float32]) -> None:
        newest = values[-1]
        for position, name in enumerate(self._names.get(stream, ())):
            if name in ("loss", "validation_loss"):
                self._latest[name] = float(newest[position])
        if stream == "step":
            self._draw(int(steps[-1]))

    def event(self, step: int, kind: str, text: str) -> None:
        if kind not in ("spike", "best"):  # too many for a terminal; the event log has them all
            self._say(text)

    def request(self) -> Request:
        return "run"

    def end(self) -> None:
        """Leave the line as it stands."""
        if self._line and self._terminal:
            self._stream.write("\n")
        self._line = ""
        self._stream.flush()

    def _draw(self, step: int) -> None:
        now = time.monotonic()
        if now - self._drawn_at < (SECONDS if self._terminal else 20 * SECONDS):
            return
        self._drawn_at = now
        numbers = ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in self._latest.items())
        line = f"step {step:,} of {self._steps:,}, {numbers}"
        if self._terminal:
            self._stream.write("\r" + line.ljust(len(self._line)))
            self._line = line
        else:
            self._stream.write(line + "\n")
        self._stream.flush()

    def _say(self, text: str) -> None:
        if self._line and self._terminal:
            self._stream.write("\r" + " " * len(self._line) + "\r")
            self._line = ""
        self._stream.write("".join(letter if letter.isprintable() else " " for letter in text) + "\n")
        self._stream.flush()
