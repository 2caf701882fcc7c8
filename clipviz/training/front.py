"""The first layer of every network: raw columns in, clamped and standardised numbers out."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from clipviz.core.bounds import Bounds
from clipviz.core.discovery import build
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Inputs
from clipviz.core.table import Feature, Table
from clipviz.training.numbers import moments, standardised

CHUNK_VALUES = 4_000_000
MOST_NAMED = 5


class Front(nn.Module):
    """Raw rows (N, F) float64 to network inputs (N, D) float32: first the F' numbers, then one-hot
    categories.

    Number: NaN takes the training median, an infinity the furthest finite training value, then the clamp [lo,
    hi], then (x - mean) / scale, mean and scale being those of the clamped training rows. Category: a one for
    its level; an unseen or missing level is all zeros. There are buffers only, no parameters: training passes
    its rows through once, and the same buffers leave with the model.

    numbers: (F',) positions of number columns. sources, codes: (O,) position and level of each one-hot
    output.
    """

    numbers: Tensor
    sources: Tensor
    codes: Tensor
    median: Tensor
    least: Tensor
    most: Tensor
    lo: Tensor
    hi: Tensor
    mean: Tensor
    scale: Tensor

    def __init__(self, features: tuple[Feature, ...]) -> None:
        super().__init__()
        self.features = features
        numbers = [place for place, feature in enumerate(features) if not feature.levels]
        hots = [
            (place, code) for place, feature in enumerate(features) for code in range(len(feature.levels))
        ]
        self.register_buffer("numbers", torch.tensor(numbers, dtype=torch.int64))
        self.register_buffer("sources", torch.tensor([place for place, _ in hots], dtype=torch.int64))
        self.register_buffer("codes", torch.tensor([float(code) for _, code in hots], dtype=torch.float64))
        for name, value in (("median", 0.0), ("least", -np.inf), ("most", np.inf), ("lo", -np.inf)):
            self.register_buffer(name, torch.full((len(numbers),), value, dtype=torch.float64))
        for name, value in (("hi", np.inf), ("mean", 0.0), ("scale", 1.0)):
            self.register_buffer(name, torch.full((len(numbers),), value, dtype=torch.float64))

    @property
    def outputs(self) -> int:
        """D, the numbers that come out for each row."""
        return len(self.numbers) + len(self.sources)

    def forward(self, raw: Tensor) -> Tensor:
        values = raw[:, self.numbers]  # (N, F')
        values = torch.where(values.isnan(), self.median, values)
        values = torch.where(values == torch.inf, self.most, values)
        values = torch.where(values == -torch.inf, self.least, values)
        values = standardised(values.clamp(self.lo, self.hi), self.mean, self.scale)
        hot = (raw[:, self.sources] == self.codes).to(torch.float64)  # (N, O)
        return torch.cat([values, hot], dim=1).to(torch.float32)

    @torch.no_grad()
    def rows(self, inputs: np.ndarray) -> Tensor:
        """(N, F) raw rows of a table to (N, D) float32, a bounded number of rows at a time."""
        prepared = torch.empty(len(inputs), self.outputs)
        chunk = max(1, CHUNK_VALUES // max(1, inputs.shape[1]))
        for start in range(0, len(inputs), chunk):
            block = np.asarray(inputs[start : start + chunk], dtype=np.float64)
            prepared[start : start + chunk] = self(torch.from_numpy(block))
        return prepared

    def bounds(self) -> dict[str, tuple[float | None, float | None]]:
        """Fitted (lo, hi) of each number column by name; None is an open side."""
        return {
            self.features[place].name: (lo if np.isfinite(lo) else None, hi if np.isfinite(hi) else None)
            for place, lo, hi in zip(self.numbers.tolist(), self.lo.tolist(), self.hi.tolist(), strict=True)
        }


def fit(table: Table, inputs: Inputs) -> tuple[Front, tuple[str, ...]]:
    """A front with every bound, median and moment of the training rows, and sentences about fallbacks.

    Raises InvalidRecipe for a clamp on a column that is no number feature, or with a field out of range.
    """
    front, notes = Front(table.features), dict[str, list[str]]()
    names = [table.features[place].name for place in front.numbers.tolist()]
    _check_columns(inputs, names)
    for place, (name, values) in enumerate(zip(names, _training_columns(table, front), strict=True)):
        bounds: Bounds = build("clipviz.policies.inputs", inputs.policy_of(name)).fit(values)
        for sentence in filter(None, (bounds.note, _fit_column(front, place, values, bounds))):
            notes.setdefault(sentence, []).append(name)
    return front, tuple(_told(sentence, columns) for sentence, columns in notes.items())


def _training_columns(table: Table, front: Front) -> Iterator[NDArray[np.float64]]:
    """(N_train,) raw values of each number column: a bounded number of them is gathered at a time."""
    numbers = front.numbers.numpy()
    group = max(1, CHUNK_VALUES // max(1, len(table.train)))
    for start in range(0, len(numbers), group):
        # By column in memory: each is read several times.
        train = np.asfortranarray(table.inputs[np.ix_(table.train, numbers[start : start + group])])
        for column in train.T:
            yield column.astype(np.float64, copy=False)


def _told(sentence: str, columns: list[str]) -> str:
    """A sentence with the columns that it holds for; hundreds of pixels are counted, not listed."""
    shown = ", ".join(columns[:MOST_NAMED])
    more = len(columns) - MOST_NAMED
    return f"{shown} and {more:,} more: {sentence}" if more > 0 else f"{shown}: {sentence}"


def _check_columns(inputs: Inputs, names: list[str]) -> None:
    for column in inputs.columns:
        if column not in names:
            raise InvalidRecipe(
                "An input clamp needs a number column among the features",
                repr(column),
                "Take it out of inputs.columns or add the column to the features",
            )


def _fit_column(front: Front, place: int, values: np.ndarray, bounds: Bounds) -> str:
    finite = values[np.isfinite(values)]
    front.lo[place], front.hi[place] = bounds.lo, bounds.hi
    if finite.size == 0:
        front.least[place] = front.most[place] = 0.0
        return "no finite value in the training rows: taken as 0"
    median, least, most = float(np.median(finite)), float(finite.min()), float(finite.max())
    front.median[place], front.least[place], front.most[place] = median, least, most
    filled = np.where(np.isnan(values), median, np.clip(values, least, most))
    front.mean[place], front.scale[place] = moments(bounds.clamp(filled))
    unbounded = int(
        np.sum((values == np.inf) & np.isinf(bounds.hi)) + np.sum((values == -np.inf) & np.isinf(bounds.lo))
    )
    if unbounded:
        return f"{unbounded} infinite training values took the furthest finite one"
    return ""
