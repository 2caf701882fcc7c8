"""What a person starts from."""

from datetime import UTC, datetime

import pytest

from clipviz.core.dataset import Column, Dataset, ImageShape, Kind, Reading
from clipviz.datasets.text import TextProfile
from clipviz.runs.check import check
from clipviz.runs.defaults import reading, starting


def dataset(columns: dict[str, Kind], image: ImageShape | None = None) -> Dataset:
    return Dataset(
        id="0" * 16,
        name="d",
        kind="images" if image else "table",
        source="0" * 16,
        reading=Reading(),
        columns=tuple(Column(name=name, kind=kind) for name, kind in columns.items()),
        rows=100,
        image=image,
        bytes=1,
        created_at=datetime.now(UTC),
    )


@pytest.mark.parametrize(
    ("given", "model"),
    [
        (dataset({"x": "number", "y": "number"}), "mlp"),
        (dataset({"t": "text", "x": "number", "y": "category"}), "mlp"),
        (dataset({"t": "text", "empty": "empty", "y": "category"}), "lstm"),
        (dataset({"y": "category"}, ImageShape(height=8, width=8, channels=3)), "cnn"),
    ],
)
def test_the_model_fits_the_data_and_passes_the_check(given: Dataset, model: str) -> None:
    recipe = starting(given, "y", {})
    assert recipe.model.id == model
    assert (recipe.data.text is not None) == (model == "lstm")
    check(recipe, given)


def test_pixels_of_16_bits_are_divided_by_what_they_can_be() -> None:
    recipe = starting(dataset({"y": "category"}, ImageShape(height=8, width=8, channels=1, bits=16)), "y", {})
    assert recipe.inputs.normalisation.fields() == {"white": 65535.0}


def test_as_many_words_are_read_as_nearly_all_texts_have() -> None:
    def known(quantile: float) -> dict[str, TextProfile]:
        return {"t": TextProfile(name="t", texts=9, quantiles={"0.95": quantile})}

    assert reading("t", known(17.2)).length == 18
    assert reading("t", known(560.0)).length == reading("t", {}).length == 200
    found = starting(dataset({"t": "text", "y": "category"}), "y", known(0.0)).data.text
    assert found is not None and found.length == 1
