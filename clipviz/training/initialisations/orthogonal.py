"""Lengths and angles kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.policy import extra
from clipviz.training.initialisations.base import Initialisation, fill

if TYPE_CHECKING:
    from torch import Tensor


class Orthogonal(Initialisation):
    """Random matrices with orthonormal rows or columns, times a gain: a linear layer keeps lengths.

    Saxe, McClelland and Ganguli, arXiv:1312.6120, 2013.
    """

    title: ClassVar[str] = "Orthogonal"

    gain: float = Field(
        1.0,
        gt=0,
        le=100,
        title="Gain",
        description="Factor on every matrix; √2 makes up for ReLU.",
        json_schema_extra=extra("", 1.0, 1.41),
    )

    def start(self, body: Any, batch: Tensor) -> None:
        from functools import partial

        from torch import nn

        fill(body, partial(nn.init.orthogonal_, gain=self.gain))
