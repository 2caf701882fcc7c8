"""Embeddings clamped by value."""

from typing import ClassVar

from clipviz.analysis.claims.base import GUIDE, Claim, Figure
from clipviz.core.dataset import Dataset
from clipviz.core.recipe import Choice, Data, Recipe, Text
from clipviz.core.regime import Stopping, Training


class ImdbEmbeddings(Claim):
    """IMDB reviews, an LSTM, its embeddings clamped to ±0.8 against none."""

    title: ClassVar[str] = "IMDB reviews: embeddings clamped to ±0.8"
    said: ClassVar[str] = "An LSTM gains from clamping the vectors of its words to ±0.8."
    source: ClassVar[str] = GUIDE
    data: ClassVar[str] = "imdb"
    figures: ClassVar[tuple[Figure, ...]] = (
        Figure(metric="macro_f1", before=0.623, after=0.849, said="F1 0.623 → 0.849"),
        Figure(metric="accuracy", before=0.627, after=0.832, said="accuracy 62.7 → 83.2 %"),
    )
    remark: ClassVar[str] = "The first 200 words of a review are read, with the 1,500 commonest words known."

    def recipe(self, dataset: Dataset) -> Recipe:
        return Recipe(
            data=Data(
                dataset=dataset.id,
                target="sentiment",
                text=Text(column="review", length=200, words=1500),
            ),
            model=Choice.of("lstm", embedding=16, hidden=32, dropout=0.3),
            activation=Choice(id="none"),
            clips_at={"embedding": (Choice.of("fixed", theta=0.8),)},
            gradient=Choice(id="none"),
            optimiser=Choice.of("adam", learning_rate=0.01),
            training=Training(epochs=8, batch_size=32),
            stopping=Stopping(patience=0),
        )
