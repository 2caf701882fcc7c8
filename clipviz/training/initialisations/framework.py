"""PyTorch's own start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.training.initialisations.base import Initialisation

if TYPE_CHECKING:
    from torch import Tensor


class FrameworkStart(Initialisation):
    """What PyTorch does unasked: weights and biases uniform in ±1/√(inputs of a unit)."""

    title: ClassVar[str] = "PyTorch's"

    def start(self, body: Any, batch: Tensor) -> None:
        return
