"""What every normalisation is."""

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

from clipviz.core.bounds import Floats
from clipviz.policies.policy import Policy


class Scaling(NamedTuple):
    """y = (x - centre) / scale, both in column units, scale > 0. `note` says when a fallback was used."""

    centre: float
    scale: float
    note: str = ""


class Normalisation(Policy, ABC):
    """y = (x - centre) / scale of each number column, behind its clamp."""

    gradient: ClassVar[str] = r"\frac{\partial y}{\partial x} = \frac{1}{scale}"

    @abstractmethod
    def fit(self, values: Floats) -> Scaling:
        """From finite training values (N,), N >= 1, of one column, behind its clamp."""
