"""Datasets of images in the store, old databases brought along."""

from clipviz.core.dataset import ImageReading, ImageShape
from clipviz.store import Store
from tests.store.conftest import dataset_named


def test_the_shape_of_images_comes_back(store: Store) -> None:
    shape = ImageShape(height=28, width=28, channels=3, bits=16)
    reading = dataset_named("x").reading.model_copy(update={"images": ImageReading(shape="28x28x3")})
    dataset = dataset_named("digits").model_copy(
        update={"kind": "images", "image": shape, "reading": reading, "target": "label"}
    )
    store.datasets.add(dataset)
    assert store.datasets.get(dataset.id) == dataset
    assert store.datasets.get(dataset.id).image == shape
