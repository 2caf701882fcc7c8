"""Equal variance forwards and backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.training.initialisations.base import Initialisation, fill

if TYPE_CHECKING:
    from torch import Tensor


class Glorot(Initialisation):
    """Uniform with variance 2 / (inputs + outputs) of a unit: signals and gradients keep their size where
    units are near linear, as tanh is.

    Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010.
    """

    title: ClassVar[str] = "Glorot"

    def start(self, body: Any, batch: Tensor) -> None:
        from torch import nn

        fill(body, nn.init.xavier_uniform_)
