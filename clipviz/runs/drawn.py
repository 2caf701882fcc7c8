"""What of a run's telemetry is on screen: buckets, the moving share, and findings."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from clipviz.core.run import Stream
from clipviz.runs.buckets import Buckets
from clipviz.runs.derived import SHARE, WINDOW, Mark, moving_share, non_finite

MARKS = 500


@dataclass
class Drawn:
    """All telemetry of a run that is on screen; thrown away whole when an attempt supersedes a part."""

    names: dict[Stream, tuple[str, ...]] = field(default_factory=dict)
    buckets: dict[Stream, Buckets] = field(default_factory=dict)
    last: dict[Stream, int] = field(default_factory=dict)
    index: list[tuple[int, int]] = field(default_factory=list)
    """(key, last step) of each chunk, in the order of keys."""
    attempt: int = -1
    recent_fired: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    fired: float = 0.0
    marks: list[Mark] = field(default_factory=list)
    found: int = 0

    def append(self, stream: Stream, steps: NDArray[np.int64], values: NDArray[np.float32]) -> bool:
        """Take in rows; True when earlier points are now drawn from other buckets."""
        names = self.names[stream]
        marks = non_finite(stream, names, steps, values)
        self.found += len(marks)
        self.marks.extend(marks[: MARKS - len(self.marks)])
        if stream == "step" and "fired" in names:
            fired = values[:, names.index("fired")]
            values = np.column_stack([values, moving_share(fired, self.recent_fired)])
            names = (*names, SHARE)
            self.recent_fired = np.concatenate([self.recent_fired, fired])[1 - WINDOW :]
            self.fired += float(np.nansum(fired))
        buckets = self.buckets.setdefault(stream, Buckets(names))
        stride = buckets.stride
        buckets.append(steps, values)
        self.last[stream] = int(steps[-1])
        return buckets.stride != stride

    def share(self) -> float | None:
        """The share of all steps that were clipped; None where that is not measured."""
        buckets = self.buckets.get("step")
        return self.fired / buckets.rows if buckets and buckets.rows and SHARE in buckets.names else None
