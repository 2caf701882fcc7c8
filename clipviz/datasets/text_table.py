"""A text column as a recipe sees it: ids of the training rows' words, the target, the split."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import Dataset
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Recipe, Task
from clipviz.core.settings import Settings
from clipviz.datasets import files, text
from clipviz.datasets.table import usable_rows


@dataclass(frozen=True)
class TextTable:
    """ids: (N, T) int32, 0 pads, 1 unknown; lengths: (N,) words of each row; the rest as in core.table.Table."""

    column: str
    vocabulary: text.Vocabulary
    ids: NDArray[np.int32]
    lengths: NDArray[np.int32]
    target: NDArray[np.float64]
    task: Task
    classes: tuple[str, ...]
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    notes: tuple[str, ...] = ()


def load(
    settings: Settings,
    dataset: Dataset,
    recipe: Recipe,
    column: str,
    length: int = 256,
    most: int = 20_000,
    tokens: text.Tokens | None = None,
) -> TextTable:
    """The texts of one column, encoded with a vocabulary that only the training rows decide.

    length: words kept of each text. most: words in the vocabulary. Raises InvalidRecipe for a column that holds no
    words, and as `table.load` does for the target and the split.
    """
    found = dataset.column(column)
    if found is None or found.kind not in ("text", "category"):
        raise InvalidRecipe(
            "A text model needs a column of words", repr(column), "Pick a text column, or change its type"
        )
    if column == recipe.data.target:
        raise InvalidRecipe("The target cannot be an input as well", repr(column), "Pick another column")
    kept = usable_rows(settings, dataset, recipe)
    cells = files.read(files.folder(settings, dataset.id), [column]).column(0).take(kept.rows)
    words: list[str | None] = cells.to_pylist()
    vocabulary = text.fit((words[place] for place in kept.train.tolist()), tokens, most)
    if not vocabulary.words:
        raise InvalidRecipe(
            "A text model needs words that come back", f"none in {column!r}", "Pick a column of prose"
        )
    ids, lengths = vocabulary.encode(words, length)
    cut = int((lengths == length).sum())
    missing = cells.null_count
    notes = (
        [f"{cut:,} of {len(words):,} texts have {length:,} words or more; the rest of them is cut."]
        if cut
        else []
    )
    notes += [f"{missing:,} rows have no text."] if missing else []
    return TextTable(
        column, vocabulary, ids, lengths, kept.target, kept.task, kept.classes,
        kept.train, kept.validation, kept.test, (*kept.notes, *notes),
    )  # fmt: skip
