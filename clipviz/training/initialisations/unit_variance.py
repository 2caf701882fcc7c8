"""Measured on the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from clipviz.training.initialisations.base import Initialisation, fill, weighted

if TYPE_CHECKING:
    from torch import Tensor, nn

ROUNDS, CLOSE = 10, 0.01


class UnitVariance(Initialisation):
    """Orthogonal matrices, each scaled until its layer's outputs have variance 1 on a batch of training rows.

    First layer first, so that each sees what the ones before it will feed it, clips and all. A layer whose
    outputs do not vary keeps its matrix. Mishkin and Matas, All you need is a good init, arXiv:1511.06422, 2015.
    """

    title: ClassVar[str] = "Unit variance on a batch"

    def start(self, body: Any, batch: Tensor) -> None:
        import torch
        from torch import nn

        fill(body, nn.init.orthogonal_)
        training = body.training
        body.eval()
        with torch.no_grad():
            for module in weighted(body):
                for _ in range(ROUNDS):
                    spread = _spread(body, module, batch)
                    if not 0 < spread < float("inf") or abs(spread - 1) < CLOSE:
                        break
                    module.weight.div_(spread)
        body.train(training)


def _spread(body: nn.Module, module: nn.Module, batch: Tensor) -> float:
    """Standard deviation of what a module says of a batch."""
    seen: list[Tensor] = []
    handle = module.register_forward_hook(lambda _module, _inputs, said: seen.append(said))
    body(batch)
    handle.remove()
    return float(seen[0].std())
