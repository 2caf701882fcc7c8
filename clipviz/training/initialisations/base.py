"""What every initialisation is. Torch is named for the type checker only: a form can read it without torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.core.recipe import Part
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor, nn


class Initialisation(Part, ABC):
    """The first weights of linear and convolutional layers; their biases start at 0.

    Embeddings, recurrent layers, norms and thresholds keep the start that they have of their own.
    """

    title: ClassVar[str]

    zero_last: bool = Field(
        False,
        title="Zero the last layer",
        description="Start from the same prediction for every row: the mean target, or all classes alike.",
        json_schema_extra=extra("", False, True, advanced=True),
    )

    def apply(self, body: Any, batch: Tensor) -> None:
        """Starts a Body (see models.base) with torch's random generator; `batch` is one it could be trained on."""
        from torch import nn

        self.start(body, batch)
        if self.zero_last:
            for module in weighted(body, "output"):
                nn.init.zeros_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    @abstractmethod
    def start(self, body: Any, batch: Tensor) -> None:
        """Fills the weights of the layers that `weighted` names."""


def weighted(body: Any, layer: str | None = None) -> Iterator[nn.Linear | nn.Conv2d]:
    """The linear and convolutional modules of a Body, in its order; of one layer, where it is named."""
    from torch import nn

    for name, modules in body.parts.items():
        for part in modules if layer in (None, name) else ():
            for module in part.modules():
                if isinstance(module, nn.Linear | nn.Conv2d):
                    yield module


def fill(body: Any, start: Any) -> None:
    """Every weight by `start(weight)`, every bias to 0."""
    from torch import nn

    for module in weighted(body):
        start(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
