"""The network that a CNN recipe builds."""

from itertools import pairwise
from typing import TYPE_CHECKING

from torch import Tensor, nn

from clipviz.models import _norms
from clipviz.models._images import planes
from clipviz.models.base import Clips, Signal

if TYPE_CHECKING:
    from clipviz.models.cnn import CNN


class CNNNetwork(nn.Module):
    """A Body (see models.base): images as rows (N, H·W·C) float32 to (N, outputs) float32."""

    def __init__(self, recipe: "CNN", signal: Signal, outputs: int, clips: Clips) -> None:
        super().__init__()
        assert signal.image is not None
        self._signal = signal
        height, width, colours = signal.image
        names = recipe.places()[1:-1]
        maps = (colours, *recipe.channels)
        self.hidden = nn.ModuleList(
            nn.Conv2d(before, after, recipe.kernel, padding="same") for before, after in pairwise(maps)
        )
        norms = [_norms.planes(recipe.norm, count) for count in recipe.channels]
        self.norm = nn.ModuleList(_norms.some(*norms))
        self.place = nn.ModuleList(
            clips.hidden(name, count, recipe.nonlinearity, axis=1)
            for name, count in zip(names, recipe.channels, strict=True)
        )
        pools = []
        for _ in names:
            pools.append(min(height, width) >= 2)
            height, width = (height // 2, width // 2) if pools[-1] else (height, width)
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(recipe.dropout)
        self.output = nn.Linear(maps[-1] * height * width, outputs)
        self.first, self.last = clips.edge("input", colours, axis=1), clips.edge("output", outputs)
        between = dict(zip(names, self.place, strict=True))
        edges = {"input": self.first, **between, "output": self.last}
        self.clips = {name: place for name, place in edges.items() if place is not None}
        layers = zip(names, self.hidden, norms, self.place, strict=True)
        parts = {
            "input": _norms.some(self.first),
            **{name: _norms.some(convolution, norm, place) for name, convolution, norm, place in layers},
            "output": _norms.some(self.output, self.last),
        }
        self.parts = {name: modules for name, modules in parts.items() if modules}
        self._stages = list(zip(self.hidden, norms, self.place, pools, strict=True))
        self._drops = recipe.dropout > 0

    def forward(self, inputs: Tensor, taps: list[Tensor] | None = None) -> Tensor:
        values = planes(inputs, self._signal)
        if self.first is not None:
            values = self.first(values, taps)
        for convolution, norm, place, pools in self._stages:
            values = convolution(values)  # (N, C, H, W)
            if norm is not None:
                values = norm(values)
            values = place(values, taps)
            if pools:
                values = self.pool(values)
        values = values.flatten(1)
        if self._drops:
            values = self.dropout(values)
        said = self.output(values)
        return said if self.last is None else self.last(said, taps)  # type: ignore[no-any-return]
