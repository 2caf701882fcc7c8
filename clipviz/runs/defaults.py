"""The recipe that a person starts from: what is usual for the data at hand."""

from collections.abc import Mapping
from math import ceil

from clipviz.core.dataset import NUMERIC, Dataset
from clipviz.core.recipe import Choice, Data, Inputs, Recipe, Split, Text
from clipviz.core.regime import Training
from clipviz.datasets.given_parts import PART
from clipviz.datasets.text import TextProfile

FEWEST_EPOCHS, ROWS_SEEN = 20, 100_000
"""Of images and texts: a pile of a hundred is seen as often as early stopping allows, one of 60,000 twenty times."""


def reading(column: str, texts: Mapping[str, TextProfile]) -> Text:
    """How a column of prose is read: as many words as all but the longest texts have, within the usual limit."""
    known = texts[column].quantiles.get("0.95") if column in texts else None
    usual: int = Text.model_fields["length"].default
    return Text(column=column, length=usual if known is None else max(1, min(usual, ceil(known))))


def starting(dataset: Dataset, target: str, texts: Mapping[str, TextProfile]) -> Recipe:
    """The recipe for a dataset when nothing is said but the target; texts: what is known of its prose, by column.

    Images: a small convolutional network on pixels over 255, split as they came. Prose and nothing else to learn from:
    an LSTM on the first column of it. Anything else: a perceptron on the columns.
    """
    data = Data(dataset=dataset.id, target=target)
    usual: int = Training.model_fields["epochs"].default
    epochs = max(FEWEST_EPOCHS, min(usual, ROWS_SEEN // max(1, dataset.rows)))
    if dataset.image is not None:
        scale = Choice.of("divide", white=2.0**dataset.image.bits - 1)
        return Recipe(
            data=data,
            split=Split(kind="given", column=PART) if dataset.column(PART) else Split(),
            inputs=Inputs(normalisation=scale),
            model=Choice(id="cnn"),
            training=Training(epochs=epochs),
        )
    others = [column for column in dataset.columns if column.name != target]
    prose = [column for column in others if column.kind == "text"]
    if prose and not any(column.kind in (*NUMERIC, "category", "date") for column in others):
        text = reading(prose[0].name, texts)
        return Recipe(
            data=data.model_copy(update={"text": text}),
            model=Choice(id="lstm"),
            training=Training(epochs=epochs),
        )
    return Recipe(data=data)
