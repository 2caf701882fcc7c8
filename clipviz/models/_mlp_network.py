"""The network that an MLP recipe builds."""

from itertools import pairwise
from typing import TYPE_CHECKING

from torch import Tensor, nn

from clipviz.models._category_embedding import CategoryEmbedding
from clipviz.models._norms import rows, some
from clipviz.models.base import Clips, Signal

if TYPE_CHECKING:
    from clipviz.models.mlp import MLP


class MLPNetwork(nn.Module):
    """A Body (see models.base): (N, signal.width) float32 to (N, outputs) float32.

    any_leading_axes: whether values (K, N, D) pass as well, once the layers take them. sequence: the linear layers and
    the places (models._place.Place), one after the other, where that is all there is to it; else ().
    """

    def __init__(self, recipe: "MLP", signal: Signal, outputs: int, clips: Clips) -> None:
        super().__init__()
        embeds = recipe.embedding > 0 and len(signal.categories) > 0
        self.embedding = CategoryEmbedding(signal, recipe.embedding) if embeds else None
        inputs = self.embedding.outputs if self.embedding else signal.width
        widths = (inputs, *recipe.widths)
        names = recipe.places()[1:-1]
        self.hidden = nn.ModuleList(nn.Linear(before, after) for before, after in pairwise(widths))
        norms = [rows(recipe.norm, width) for width in recipe.widths]
        self.norm = nn.ModuleList(some(*norms))
        self.place = nn.ModuleList(
            clips.hidden(name, width, recipe.nonlinearity)
            for name, width in zip(names, recipe.widths, strict=True)
        )
        self.output = nn.Linear(widths[-1], outputs)
        self.first, self.last = clips.edge("input", inputs), clips.edge("output", outputs)
        self.dropout = nn.Dropout(recipe.dropout)
        between = dict(zip(names, self.place, strict=True))
        edges = {"input": self.first, **between, "output": self.last}
        self.clips = {name: place for name, place in edges.items() if place is not None}
        layers = zip(names, self.hidden, norms, self.place, strict=True)
        self.parts = {
            "input": some(self.embedding, self.first),
            **{name: some(linear, norm, place) for name, linear, norm, place in layers},
            "output": some(self.output, self.last),
        }
        self.parts = {name: modules for name, modules in self.parts.items() if modules}
        adds = [recipe.residual and before == after for before, after in pairwise(widths)]
        self._stages = list(zip(self.hidden, norms, self.place, adds, strict=True))
        self._drops = recipe.dropout > 0
        steps = (layer for linear, _, place, _ in self._stages for layer in (linear, place))
        plain = not (self._drops or any(adds) or self.embedding or any(norm is not None for norm in norms))
        self.sequence = some(self.first, *steps, self.output, self.last) if plain else ()
        self.any_leading_axes = self.embedding is None

    def forward(self, inputs: Tensor, taps: list[Tensor] | None = None) -> Tensor:
        values = inputs if self.embedding is None else self.embedding(inputs)  # (N, D)
        if self.first is not None:
            values = self.first(values, taps)
        for linear, norm, place, adds in self._stages:
            before = values
            values = linear(values)  # (N, width)
            if norm is not None:
                values = norm(values)
            values = place(values, taps)
            if self._drops:
                values = self.dropout(values)
            if adds:
                values = values + before
        said = self.output(values)
        return said if self.last is None else self.last(said, taps)  # type: ignore[no-any-return]
