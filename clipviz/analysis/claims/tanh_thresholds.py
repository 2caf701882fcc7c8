"""A learned bound after each convolution."""

from typing import ClassVar

from clipviz.analysis.claims.base import GUIDE, Claim
from clipviz.core.dataset import Dataset
from clipviz.core.recipe import Choice, Data, Inputs, Recipe
from clipviz.core.regime import Stopping, Training


class TanhThresholds(Claim):
    """A small CNN with a learned tanh threshold after each convolution, against none."""

    title: ClassVar[str] = "Learned tanh thresholds after each convolution"
    said: ClassVar[str] = "Thresholds that are learned after each convolution make a CNN better."
    source: ClassVar[str] = f"{GUIDE}; without numbers"
    data: ClassVar[str] = "fashion_mnist"
    measured: ClassVar[tuple[str, ...]] = ("accuracy", "macro_recall")

    def recipe(self, dataset: Dataset) -> Recipe:
        return Recipe(
            data=Data(dataset=dataset.id, target="label"),
            inputs=Inputs(normalisation=Choice.of("divide", white=255.0)),
            model=Choice.of("cnn", channels=[8, 16, 32]),
            activation=Choice(id="learned_tanh"),
            gradient=Choice(id="none"),
            optimiser=Choice.of("adam", learning_rate=0.003),
            training=Training(epochs=8, batch_size=32),
            stopping=Stopping(patience=0),
        )
