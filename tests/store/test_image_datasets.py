"""Datasets of images in the store, old databases brought along."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, text

import clipviz.store
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


def test_a_database_from_before_images_keeps_its_datasets(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    with clipviz.store.open(url) as store:
        store.datasets.add(dataset_named("houses"))
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE datasets DROP COLUMN image"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    engine.dispose()
    with clipviz.store.open(url) as store:
        [found] = store.datasets.list()
        assert (found.name, found.kind, found.image) == ("houses", "table", None)
        assert found.created_at <= datetime.now(UTC)
        image = dataset_named("cats", "00000000000000d9").model_copy(
            update={"kind": "images", "image": ImageShape(height=8, width=8, channels=1)}
        )
        assert store.datasets.add(image).image == image.image
