"""What is looked at now and then only: how noisy the gradient is, and histograms."""

import math

from torch import Tensor

from clipviz.core.recipe import Recipe
from clipviz.training import histograms, watch
from clipviz.training.assembly import Assembly
from clipviz.training.noise_scale import NoiseScale


class Sampled:
    """Looks at a run at its evaluations; leaves no trace in the training.

    noise_scale: as the last look found it. histogram: counts in the order of `histograms.names`, None where the last
    look took none.
    """

    def __init__(self, assembly: Assembly, recipe: Recipe, total: int) -> None:
        """total: steps planned."""
        self._assembly, self._total = assembly, total
        batch, seed = recipe.training.batch_size, recipe.seed
        self._noise = NoiseScale(assembly.flat, assembly.step.backward, assembly.train, batch, seed)
        self.noise_scale = math.nan
        self.histogram: list[float] | None = None

    def look(self, step: int, before: int) -> None:
        """Looks at a step, that of an evaluation; the one before was at `before`."""
        self.noise_scale = self._noise.look(step)
        self.histogram = None
        if histograms.due(step, before, self._total):
            taps = watch.taps(self._assembly.network, self._assembly.watched.inputs)
            self.histogram = histograms.look(taps, self._assembly.flat, self._noise.gradient)

    def state(self) -> dict[str, Tensor]:
        """What a look remembers, live, for a checkpoint."""
        return self._noise.state()
