"""Activations of few bits under a learned ceiling."""

from typing import ClassVar

from clipviz.analysis.claims.base import Claim
from clipviz.core.dataset import Dataset
from clipviz.core.recipe import Choice, Data, Inputs, Recipe
from clipviz.core.regime import Stopping, Training
from clipviz.core.sweep import Vary


class PactBits(Claim):
    """A small CNN whose activations are rounded to 2, 3, 4 and 5 bits under PACT, against full precision."""

    title: ClassVar[str] = "PACT: activations of 2 to 5 bits"
    said: ClassVar[str] = (
        "With PACT, 4 bits give an accuracy comparable to full precision; fewer bits cost some of it."
    )
    source: ClassVar[str] = "Choi et al., PACT, arXiv:1805.06085, 2018, on larger networks and data"
    data: ClassVar[str] = "fashion_mnist"
    measured: ClassVar[tuple[str, ...]] = ("accuracy",)
    remark: ClassVar[str] = (
        "The paper rounds weights as well; here activations alone, and thresholds start where one batch measures them: "
        "eight epochs are too short for a start at 10. Its shape is compared, not its numbers."
    )
    vary: ClassVar[tuple[Vary, ...]] = (Vary(path="activation.bits", values=(2, 3, 4, 5)),)

    def recipe(self, dataset: Dataset) -> Recipe:
        return Recipe(
            data=Data(dataset=dataset.id, target="label"),
            inputs=Inputs(normalisation=Choice.of("divide", white=255.0)),
            model=Choice.of("cnn", channels=[8, 16, 32]),
            activation=Choice.of("pact", bits=2, start=None),
            gradient=Choice(id="none"),
            optimiser=Choice.of("adam", learning_rate=0.003),
            training=Training(epochs=8, batch_size=32),
            stopping=Stopping(patience=0),
        )
