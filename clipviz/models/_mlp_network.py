"""The network that an MLP recipe builds."""

from itertools import pairwise
from typing import TYPE_CHECKING

from torch import Tensor, nn

from clipviz.models.base import Clips

if TYPE_CHECKING:
    from clipviz.models.mlp import MLP


class MLPNetwork(nn.Module):
    """A Body (see models.base): (N, inputs) float32 to (N, outputs) float32."""

    def __init__(self, recipe: "MLP", inputs: int, outputs: int, clips: Clips) -> None:
        super().__init__()
        widths = (inputs, *recipe.widths)
        names = recipe.places()[1:-1]
        self.hidden = nn.ModuleList(nn.Linear(before, after) for before, after in pairwise(widths))
        self.place = nn.ModuleList(
            clips.hidden(name, width, recipe.nonlinearity)
            for name, width in zip(names, recipe.widths, strict=True)
        )
        self.output = nn.Linear(widths[-1], outputs)
        self.first, self.last = clips.edge("input", inputs), clips.edge("output", outputs)
        self.dropout = nn.Dropout(recipe.dropout)
        self.clips = {"input": self.first, **dict(zip(names, self.place, strict=True)), "output": self.last}
        self.clips = {name: place for name, place in self.clips.items() if place is not None}
        self.parts: dict[str, tuple[nn.Module, ...]] = {
            **({"input": (self.first,)} if self.first else {}),
            **{
                name: both
                for name, both in zip(names, zip(self.hidden, self.place, strict=True), strict=True)
            },
            "output": (self.output, self.last) if self.last else (self.output,),
        }
        self._stages = list(zip(self.hidden, self.place, strict=True))
        self._drops = recipe.dropout > 0

    def forward(self, inputs: Tensor, taps: list[Tensor] | None = None) -> Tensor:
        values = inputs if self.first is None else self.first(inputs, taps)  # (N, D)
        for linear, place in self._stages:
            values = place(linear(values), taps)  # (N, width)
            if self._drops:
                values = self.dropout(values)
        said = self.output(values)
        return said if self.last is None else self.last(said, taps)  # type: ignore[no-any-return]
