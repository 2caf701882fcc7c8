"""The first layer of every network: raw columns in, clamped and normalised numbers out."""

import math
from collections.abc import Mapping, Sequence
from typing import get_args

import numpy as np
import torch
from torch import Tensor, nn

from clipviz.core.bounds import FAR, Action
from clipviz.core.table import Feature
from clipviz.models.base import Signal
from clipviz.training.numbers import standardised

CHUNK_VALUES = 4_000_000
ACTIONS: tuple[Action, ...] = get_args(Action)


class Front(nn.Module):
    """Raw rows (N, F) float64 to network inputs (N, D) float32: first the F' numbers, then indicators of what was
    below and what was above its bounds, then one-hot categories, then the ids of tokens.

    Number: what lies beyond its bounds becomes missing where the clamp says so; a missing one takes `fill`; an
    infinity the bound, or on an open side the furthest finite training value; then the clamp [lo, hi], hard or soft;
    then (x - centre) / scale. Category: a one for its level; an unseen or missing level is all zeros. Token:
    its id, exact in float32 up to 16 million. There are buffers only, no parameters: training passes its rows through
    once, and the same buffers leave with the model.

    Of the numbers, (F',) each: `numbers` position in the row, `action` place in ACTIONS, `lo`, `hi`, `width` of the
    bounds, `fill`, `least`, `most`, `centre`, `scale`. `below`, `above`: which numbers have an indicator.
    `sources`, `codes`: (O,) position and level of each one-hot output. `grouped`, `by`: (Q,) which numbers have
    bounds by group, and the position of the category; `group_lo`, `group_hi`: (1 + L, Q) their bounds, first those of
    rows of no known level.
    """

    numbers: Tensor
    sources: Tensor
    codes: Tensor
    action: Tensor
    lo: Tensor
    hi: Tensor
    width: Tensor
    fill: Tensor
    least: Tensor
    most: Tensor
    centre: Tensor
    scale: Tensor
    below: Tensor
    above: Tensor
    grouped: Tensor
    by: Tensor
    group_lo: Tensor
    group_hi: Tensor
    _places: Tensor
    _tokens: Tensor

    def __init__(
        self,
        features: tuple[Feature, ...],
        buffers: Mapping[str, Tensor],
        image: tuple[int, int, int] | None = None,
        vocabulary: int = 0,
    ) -> None:
        super().__init__()
        self.features, self.image, self._vocabulary = features, image, vocabulary
        tokens = [place for place, feature in enumerate(features) if feature.token]
        self.register_buffer("_tokens", torch.tensor(tokens, dtype=torch.int64), persistent=False)
        for name in (name for name in Front.__annotations__ if not name.startswith("_")):
            self.register_buffer(name, buffers[name])
        # What follows from the buffers and decides which operations there are, once and for all.
        self._actions = {ACTIONS[place] for place in self.action.tolist()}
        places = list(range(len(self.numbers)))
        for at, place in enumerate(self.grouped.tolist()):
            places[place] = len(self.numbers) + at
        self.register_buffer("_places", torch.tensor(places, dtype=torch.int64), persistent=False)

    @property
    def outputs(self) -> int:
        """D, the numbers that come out for each row."""
        flags = len(self.below) + len(self.above)
        return len(self.numbers) + flags + len(self.sources) + len(self._tokens)

    @property
    def signal(self) -> Signal:
        """What comes out, as a model needs to know it."""
        first = len(self.numbers) + len(self.below) + len(self.above)
        categories = []
        for feature in self.features:
            if feature.levels:
                categories.append((first, len(feature.levels)))
                first += len(feature.levels)
        tokens = len(self._tokens)
        whole = self.image is not None and self.outputs == math.prod(self.image)
        image = self.image if whole else None
        return Signal(self.outputs, tuple(categories), image, self._vocabulary if tokens else 0, tokens)

    def forward(self, raw: Tensor) -> Tensor:
        values = raw[:, self.numbers]  # (N, F')
        lo, hi = self._limits(raw)
        flags = []
        if "missing" in self._actions or len(self.below) or len(self.above):
            low, high = values < lo, values > hi
            flags = [low[:, self.below], high[:, self.above]]
            gone = (self.action == ACTIONS.index("missing")) & (low | high)
            values = torch.where(gone, torch.nan, values)
        if "trim" in self._actions:
            kept = self.action == ACTIONS.index("trim")
            lo, hi = torch.where(kept, -torch.inf, lo), torch.where(kept, torch.inf, hi)
        values = torch.where(values.isnan(), self.fill, values)
        values = standardised(self._clamped(values, lo, hi), self.centre, self.scale)
        hot = raw[:, self.sources] == self.codes  # (N, O)
        parts = (values, *flags, hot, raw[:, self._tokens])
        return torch.cat([part.to(torch.float32) for part in parts], dim=1)

    def _limits(self, raw: Tensor) -> tuple[Tensor, Tensor]:
        """(lo, hi): (F',) each, or (N, F') where a row's group decides."""
        if not len(self.grouped):
            return self.lo, self.hi
        groups = raw[:, self.by] + 1  # (N, Q)
        known = (groups >= 1) & (groups < len(self.group_lo))  # NaN is not
        groups = torch.where(known, groups, 0.0).to(torch.int64)
        shape = (raw.shape[0], len(self.numbers))
        lo = torch.cat([self.lo.expand(shape), self.group_lo.gather(0, groups)], dim=1)
        hi = torch.cat([self.hi.expand(shape), self.group_hi.gather(0, groups)], dim=1)
        return lo[:, self._places], hi[:, self._places]

    def _clamped(self, values: Tensor, lo: Tensor, hi: Tensor) -> Tensor:
        """See `core.bounds`, whose arithmetic this is."""
        reach = FAR * self.width
        first, last = lo - reach, hi + reach
        values = torch.where(values == torch.inf, torch.where(hi < torch.inf, last, self.most), values)
        values = torch.where(values == -torch.inf, torch.where(lo > -torch.inf, first, self.least), values)
        hard = values.clamp(lo, hi)
        if "soft" not in self._actions:
            return hard
        near = values.clamp(first, last)
        width = torch.where(self.width > 0, self.width, 1.0)
        rounding = (-(near - lo).abs() / width).exp().log1p() - (-(near - hi).abs() / width).exp().log1p()
        return (hard + self.width * rounding).clamp(lo, hi)

    @torch.no_grad()
    def rows(self, inputs: np.ndarray) -> Tensor:
        """(N, F) raw rows of a table to (N, D) float32, a bounded number of rows at a time."""
        prepared = torch.empty(len(inputs), self.outputs)
        chunk = max(1, CHUNK_VALUES // max(1, inputs.shape[1]))
        for start in range(0, len(inputs), chunk):
            block = np.asarray(inputs[start : start + chunk], dtype=np.float64)
            prepared[start : start + chunk] = self(torch.from_numpy(block))
        return prepared

    @torch.no_grad()
    def beyond(self, inputs: np.ndarray, places: np.ndarray) -> np.ndarray:
        """Which of the rows at `places` (M,) of a table (N, F) have a number beyond its bounds, (M,) bool."""
        found = np.zeros(len(places), dtype=bool)
        if not (torch.isfinite(self.lo).any() or torch.isfinite(self.hi).any() or len(self.grouped)):
            return found
        chunk = max(1, CHUNK_VALUES // max(1, inputs.shape[1]))
        for start in range(0, len(places), chunk):
            raw = torch.from_numpy(np.asarray(inputs[places[start : start + chunk]], dtype=np.float64))
            lo, hi = self._limits(raw)
            values = raw[:, self.numbers]
            found[start : start + chunk] = ((values < lo) | (values > hi)).any(dim=1).numpy()
        return found

    def bounds(self) -> dict[str, tuple[float | None, float | None]]:
        """Fitted (lo, hi) of each number column by name, for rows of no known group; None is an open side."""
        return {
            self.features[place].name: (lo if np.isfinite(lo) else None, hi if np.isfinite(hi) else None)
            for place, lo, hi in zip(self.numbers.tolist(), self.lo.tolist(), self.hi.tolist(), strict=True)
        }


def vocabulary(words: Sequence[str]) -> int:
    """How many ids there are: those of the words, of padding (0) and of any other word (1); 0 without a text."""
    return len(words) + 2 if words else 0
