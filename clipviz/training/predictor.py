"""A trained network that takes rows as people write them: it needs no store, no file of data and no dashboard."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import ValidationError

from clipviz.core.away import READING
from clipviz.core.dataset import Reading
from clipviz.core.errors import InvalidRecipe, TrainingFailed
from clipviz.core.table import Feature
from clipviz.datasets.text import Tokens, Vocabulary
from clipviz.training.cells import DAY_SECONDS, Cells, plain
from clipviz.training.network import Network, load_with_words

Columns = Mapping[str, Sequence[Any]]
Rows = Columns | Sequence[Mapping[str, Any]] | NDArray[Any]
Floats = NDArray[np.float64]
YEAR_DAYS = 365.2425
SINCE = ": days since "


def load(path: str | Path) -> "Predictor":
    """The model of a safetensors file that a run left; raises TrainingFailed when it is not one.

    Cells are read as those of the file that it learned from; where `reading.json` lies beside it, as that one says.
    """
    network, words, reading = load_with_words(Path(path))
    beside = Path(path).with_name(READING)
    if not beside.is_file():
        return Predictor(network, words, reading)
    try:
        return Predictor(network, words, Reading.model_validate_json(beside.read_bytes()))
    except ValidationError as error:
        raise TrainingFailed(
            f"{READING} says how cells are read",
            str(error.errors()[0]["msg"])[:200],
            "Take it from the archive",
        ) from error


class Predictor:
    """What `load` gives: predictions of raw rows, clamps inside.

    columns: the names that `predict` asks for, of a table. classes: of a classification, in the order of
    `probabilities`; empty for a regression.
    """

    def __init__(self, network: Network, words: tuple[str, ...], reading: Reading = Reading()) -> None:  # noqa: B008
        self._network, self._words, self._cells = network, words, Cells(reading)
        self.target = network.recipe.data.target
        self.classes = network.classes

    @cached_property
    def columns(self) -> tuple[str, ...]:
        dates = self._dates
        named = (
            next((column for column in dates if feature.name.startswith(f"{column}: ")), feature.name)
            for feature in self._network.front.features
            if not feature.token
        )
        text = self._network.recipe.data.text
        return tuple(dict.fromkeys([*named, *([text.column] if text else [])]))

    def predict(self, rows: Rows) -> list[float] | list[str]:
        """A number a row, in the target's own unit; or the name of the likeliest class.

        rows: columns by name, (N,) values each, or a list of rows, each with its values by name: numbers (None is
        missing), levels of categories, dates, texts; of images an array (N, height, width) or (N, height, width, 3) of
        pixels. A level or a word that training never saw is unknown, which the network knows how to take. Columns may
        be lists, arrays, or those of a pandas frame. Raises InvalidRecipe for a column that is missing or of another
        length, and for a cell that is no number or date where these belong.
        """
        said = self._scores(rows)
        if not self.classes:
            return [float(value) for value in said]
        return [self.classes[code] for code in said.argmax(axis=1).tolist()]

    def probabilities(self, rows: Rows) -> Floats:
        """(N, C): that of each class, as `predict` takes rows."""
        if not self.classes:
            raise InvalidRecipe("Only classes have probabilities", "a regression", "Use predict")
        return torch.softmax(torch.from_numpy(self._scores(rows)), dim=1).numpy()

    def _scores(self, rows: Rows) -> Floats:
        raw = self._pixels(rows) if isinstance(rows, np.ndarray) else self._encoded(_by_column(rows))
        with torch.no_grad():
            said: Floats = self._network(torch.from_numpy(raw)).numpy()
        return said

    def _pixels(self, images: NDArray[Any]) -> Floats:
        width = len(self._network.front.features)
        if images.ndim < 2 or math.prod(images.shape[1:]) != width:
            raise InvalidRecipe(
                "An image must have the size that the network learned from",
                f"{images.shape[1:]}, so {math.prod(images.shape[1:]):,} values",
                f"Give {width:,} values an image",
            )
        if images.dtype.kind not in "buif":
            raise InvalidRecipe("Pixels must be numbers", str(images.dtype), "Give an array of numbers")
        return images.reshape(len(images), width).astype(np.float64)

    def _encoded(self, rows: Columns) -> Floats:
        """(N, F) raw rows as the front takes them."""
        missing = [name for name in self.columns if name not in rows]
        if missing:
            raise InvalidRecipe(
                "Every column that the network learned from is needed",
                f"none of the name {missing[0]!r}",
                "Give it, with None where a value is missing",
            )
        rows = {name: plain(name, rows[name]) for name in self.columns}
        lengths = {len(cells) for cells in rows.values()}
        if len(lengths) != 1:
            raise InvalidRecipe(
                "All columns must have the same number of rows",
                ", ".join(map(str, sorted(lengths))),
                "Give one value a row",
            )
        features = self._network.front.features
        columns = [self._column(feature, rows) for feature in features if not feature.token]
        tokens = [feature for feature in features if feature.token]
        if tokens:
            columns.extend(self._ids(rows, len(tokens)).T.astype(np.float64))
        return np.column_stack(columns)

    def _ids(self, rows: Columns, length: int) -> NDArray[np.int32]:
        text = self._network.recipe.data.text
        assert text is not None
        tokens = Tokens(lower=text.lower, punctuation=text.punctuation)
        return Vocabulary(self._words, tokens).encode(rows[text.column], length)[0]

    def _column(self, feature: Feature, rows: Columns) -> Floats:
        if feature.levels:
            codes = {level: code for code, level in enumerate(feature.levels)}
            return np.array([_code(codes, value) for value in rows[feature.name]], dtype=np.float64)
        if feature.name in rows:
            return np.array(
                [self._cells.number(feature.name, value, feature.marks) for value in rows[feature.name]],
                dtype=np.float64,
            )
        column = next(name for name in self._dates if feature.name.startswith(f"{name}: "))
        days = np.array([self._cells.days(column, value) for value in rows[column]], dtype=np.float64)
        return _of_dates(feature.name.removeprefix(f"{column}: "), days)

    @cached_property
    def _dates(self) -> tuple[str, ...]:
        """The columns of dates that features are made of."""
        names = (feature.name for feature in self._network.front.features if not feature.levels)
        return tuple(name.rsplit(SINCE, 1)[0] for name in names if SINCE in name)


def _by_column(rows: Columns | Sequence[Mapping[str, Any]]) -> Columns:
    """Rows that are given one by one, column by column; what has columns already stays as it is."""
    if hasattr(rows, "keys"):
        return cast(Columns, rows)  # a frame has keys and is no Mapping
    if not isinstance(rows, list | tuple) or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise InvalidRecipe(
            "Rows are columns by name, or a list of rows with values by name",
            repr(rows)[:100],
            "Give a dictionary of lists, or a list of dictionaries",
        )
    names = dict.fromkeys(name for row in rows for name in row)
    for place, row in enumerate(rows):
        lost = next((name for name in names if name not in row), None)
        if lost is not None:
            raise InvalidRecipe(
                "All rows must have the same columns",
                f"none of the name {lost!r} in row {place + 1}",
                "Give it, with None where a value is missing",
            )
    return {name: [row[name] for row in rows] for name in names}


def _code(codes: Mapping[str, int], value: Any) -> int:
    """Of a level, -1 for an unknown or missing one; a number or a truth value stands for the word that a file has."""
    if isinstance(value, bool):
        said = [str(value), str(value).lower()]
    elif isinstance(value, float) and value.is_integer():
        said = [str(value), str(int(value))]
    else:
        said = [] if value is None else [str(value), str(value).strip()]
    return next((codes[word] for word in said if word in codes), -1)


def _of_dates(part: str, days: Floats) -> Floats:
    """A feature of dates by its name (see `datasets.date_features`)."""
    if part.startswith("days since "):
        first = datetime.fromisoformat(part.removeprefix("days since ")).replace(tzinfo=UTC)
        return days - first.timestamp() / DAY_SECONDS
    turns = {
        "year": days / YEAR_DAYS,
        "week": (np.floor(days) - 4) % 7 / 7,
        "day": days % 1.0,
    }[part.split(" ")[0]]
    return np.sin(2 * np.pi * turns) if part.endswith("(sine)") else np.cos(2 * np.pi * turns)
