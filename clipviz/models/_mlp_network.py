"""The network that an MLP recipe builds."""

from itertools import pairwise
from typing import TYPE_CHECKING

from torch import Tensor, nn

from clipviz.policies.activations.base import ActivationClip

if TYPE_CHECKING:
    from clipviz.models.mlp import MLP

NONLINEARITIES: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
}


class MLPNetwork(nn.Module):
    """A Body (see models.base): (N, inputs) float32 to (N, outputs) float32."""

    def __init__(self, recipe: "MLP", inputs: int, outputs: int, activation: ActivationClip) -> None:
        super().__init__()
        widths = (inputs, *recipe.widths)
        pairs = list(pairwise(widths))
        self.hidden = nn.ModuleList(nn.Linear(before, after) for before, after in pairs)
        self.clip = nn.ModuleList(activation.build(width) for width in recipe.widths)
        self.output = nn.Linear(widths[-1], outputs)
        self.nonlinearity = NONLINEARITIES[recipe.nonlinearity]()
        self.dropout = nn.Dropout(recipe.dropout)
        names = [f"layer {number}" for number in range(1, len(widths))]
        self.clips = dict(zip(names, self.clip, strict=True))
        self.parts: dict[str, tuple[nn.Module, ...]] = {
            name: (linear, clip) for name, linear, clip in zip(names, self.hidden, self.clip, strict=True)
        } | {"output": (self.output,)}
        self._stages = list(zip(self.hidden, self.clip, strict=True))
        self._drops = recipe.dropout > 0

    def forward(self, inputs: Tensor, taps: list[Tensor] | None = None) -> Tensor:
        values = inputs  # (N, D)
        for linear, clip in self._stages:
            values = self.nonlinearity(linear(values))  # (N, width)
            if taps is not None:
                taps.append(values)
            values = clip(values)
            if self._drops:
                values = self.dropout(values)
        return self.output(values)  # type: ignore[no-any-return]
