"""Variance that survives ReLU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.training.initialisations.base import Initialisation, fill

if TYPE_CHECKING:
    from torch import Tensor


class He(Initialisation):
    """Normal with variance 2 / inputs of a unit: signals keep their size through ReLU, which halves it.

    He et al., Delving deep into rectifiers, arXiv:1502.01852, 2015.
    """

    title: ClassVar[str] = "He"

    def start(self, body: Any, batch: Tensor) -> None:
        from functools import partial

        from torch import nn

        fill(body, partial(nn.init.kaiming_normal_, nonlinearity="relu"))
