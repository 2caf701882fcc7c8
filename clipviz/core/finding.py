"""One thing that may be wrong with a run, and what is known of the run when it is looked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from clipviz.core.ledger import Ledger

Kind = Literal[
    "dead", "stuck", "collapsed", "runaway", "always clips", "never clips", "spike", "non-finite", "over-fitting",
    "untrained", "diverged",
]  # fmt: skip
Weight = Literal["problem", "warning", "note"]
Numbers = NDArray[np.float32]

LOOKS = 3
"""Evaluations in a row over which something must hold."""


class Finding(BaseModel):
    """What is the matter, and what to do about it. where: its layers, "" for the run."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    weight: Weight
    text: str
    remedy: str
    where: str = ""


@dataclass(frozen=True)
class Evidence:
    """What is known of a run. evaluations: series by name, (E,) each; at: (E,) their steps. recent: series by name of
    the last steps, (T,) each.
    """

    ledger: Ledger
    evaluations: Mapping[str, Numbers] = field(default_factory=dict)
    at: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    recent: Mapping[str, Numbers] = field(default_factory=dict)
