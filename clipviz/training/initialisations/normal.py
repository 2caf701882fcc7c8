"""One spread for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.policy import extra
from clipviz.training.initialisations.base import Initialisation, fill

if TYPE_CHECKING:
    from torch import Tensor


class Normal(Initialisation):
    """Every weight from the same normal distribution, whatever the width of its layer.

    Too wide, and activations and gradients explode with depth; too narrow, and they vanish: a good stage for
    watching clips at work.
    """

    title: ClassVar[str] = "Normal"

    spread: float = Field(
        0.05,
        gt=0,
        le=100,
        title="Standard deviation",
        description="Of every weight.",
        json_schema_extra=extra("", 0.01, 0.05, 0.2, 1.0),
    )

    def start(self, body: Any, batch: Tensor) -> None:
        from functools import partial

        from torch import nn

        fill(body, partial(nn.init.normal_, std=self.spread))
