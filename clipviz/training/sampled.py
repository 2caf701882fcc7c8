"""What is looked at now and then only: how noisy the gradient is, how far each layer moved, histograms."""

import torch
from torch import Tensor

from clipviz.training import histograms, watch
from clipviz.training.assembly import Assembly
from clipviz.training.noise_scale import NoiseScale


class Sampled:
    """Looks at a run at its evaluations; leaves no trace in the training.

    histogram: counts in the order of `histograms.names`, None where the last look took none.
    """

    def __init__(self, assembly: Assembly, batch: int, seed: int, total: int) -> None:
        self._assembly, self._total = assembly, total
        self._noise = NoiseScale(assembly.flat, assembly.step.backward, assembly.train, batch, seed)
        self._spans = [histograms.span(assembly.flat, layer) for layer in assembly.flat.layers]
        self.histogram: list[float] | None = None

    def look(self, step: int, before: int, weights: Tensor | None) -> list[float]:
        """Update ratios of all layers and of each, and the noise scale, at the evaluation after the one at `before`.

        weights: (K, P) before the last step, None where nobody kept them.
        """
        scale = self._noise.look(step)
        self.histogram = None
        if histograms.due(step, before, self._total):
            taps = watch.taps(self._assembly.network, self._assembly.watched.inputs)
            self.histogram = histograms.look(taps, self._assembly.flat, self._noise.gradient)
        return [*self._moved(weights), scale]

    def state(self) -> dict[str, Tensor]:
        """What a look remembers, live, for a checkpoint."""
        return self._noise.state()

    def _moved(self, weights: Tensor | None) -> list[float]:
        """|change| / |weights| of the last step, of all layers and of each; NaN where nobody knows."""
        flat = self._assembly.flat
        spans = [slice(0, flat.split), *self._spans]
        if weights is None:
            return [float("nan")] * len(spans)
        sizes = [
            torch.linalg.vector_norm(flat.weights[0, each] - weights[0, each])
            / torch.linalg.vector_norm(weights[0, each])
            for each in spans
        ]
        found: list[float] = torch.stack(sizes).tolist()
        return found
