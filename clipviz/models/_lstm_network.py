"""The network that an LSTM recipe builds."""

from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from clipviz.models._norms import some
from clipviz.models.base import Clips, Signal

if TYPE_CHECKING:
    from clipviz.models.lstm import LSTM


class LSTMNetwork(nn.Module):
    """A Body (see models.base): rows (N, D + T) float32, D numbers and T token ids, to (N, outputs) float32.

    The state after the last word of a row is taken, so that padding says nothing; a row without words has the
    state of its first padding. The vector of the padding, id 0, is 0 and stays so.
    """

    def __init__(self, recipe: "LSTM", signal: Signal, outputs: int, clips: Clips) -> None:
        super().__init__()
        self._numbers = signal.width - signal.tokens
        self.embedding = nn.Embedding(signal.vocabulary, recipe.embedding, padding_idx=0)
        self.first = clips.edge("embedding", recipe.embedding)
        # One module a layer, with plain dropout between them: that of cuDNN keeps its state in memory that each new
        # seed replaces, and a captured step would go on in what was let go of (ATen's cudnn/RNN.cpp).
        sizes = (recipe.embedding, *[recipe.hidden] * recipe.layers)
        self.recurrent = nn.ModuleList(
            nn.LSTM(before, after, batch_first=True) for before, after in pairwise(sizes)
        )
        self.place = clips.hidden("last state", recipe.hidden, "none")
        self.dropout = nn.Dropout(recipe.dropout)
        self.output = nn.Linear(recipe.hidden + self._numbers, outputs)
        self.last = clips.edge("output", outputs)
        places = {"embedding": self.first, "last state": self.place, "output": self.last}
        self.clips = {name: place for name, place in places.items() if place is not None}
        self.parts = {
            "embedding": some(self.embedding, self.first),
            "recurrent": (self.recurrent,),
            "last state": (self.place,),
            "output": some(self.output, self.last),
        }

    def forward(self, inputs: Tensor, taps: list[Tensor] | None = None) -> Tensor:
        ids = inputs[:, self._numbers :].to(torch.int64)  # (N, T)
        values = self.embedding(ids)  # (N, T, E)
        if self.first is not None:
            values = self.first(values, taps)
        final = (ids != 0).sum(dim=1).sub(1).clamp(min=0)
        states = self._states(_read(values, final))
        state = states.gather(1, final.view(-1, 1, 1).expand(-1, 1, states.shape[2])).squeeze(1)
        state = self.dropout(self.place(state, taps))
        said = self.output(torch.cat([inputs[:, : self._numbers], state], dim=1))
        return said if self.last is None else self.last(said, taps)  # type: ignore[no-any-return]

    def _states(self, values: Tensor) -> Tensor:
        """The states (N, T, H) of the last recurrent layer behind each word (N, T, E)."""
        first, *others = self.recurrent
        states: Tensor = first(values)[0]
        for layer in others:
            states = layer(self.dropout(states))[0]
        return states


def _read(values: Tensor, final: Tensor) -> Tensor:
    """Values (N, T, E) without the padding that all rows end with; whole where shapes must stay, on a GPU and in what
    is exported. Reading a number from the CPU's memory waits for nobody.
    """
    if values.device.type != "cpu" or torch.compiler.is_compiling() or not len(values):
        return values
    return values[:, : int(final.max()) + 1]
