"""Images through every page."""

import io

import numpy as np
import pytest

from clipviz.datasets.ingest import ingest, spool
from tests.datasets.zoo.image_specimens import SVG, folders, idx, image, labelled, npz, table, zipped
from tests.pages.conftest import button, words


def pile(count: int = 40, side: int = 8) -> bytes:
    """Images whose left half is bright in one class and whose right half in the other."""
    random = np.random.default_rng(5)
    images = random.integers(0, 60, (count, side, side)).astype(np.uint8)
    labels = np.arange(count) % 2
    images[labels == 0, :, : side // 2] += 150
    images[labels == 1, :, side // 2 :] += 150
    return npz(images=images, labels=labels)


@pytest.fixture
def stored(home, store, tmp_path):
    path = tmp_path / "halves.npz"
    path.write_bytes(pile())
    return store.datasets.add(ingest(path, "halves.npz", home, who="Ada"))


def drop(app, *files: tuple[str, bytes]):
    app.file_uploader[0].set_value([(name, content, "application/octet-stream") for name, content in files])
    app.run()
    assert not app.exception
    return app


def test_a_zip_of_folders_is_shown_as_a_pile_of_images(page, store) -> None:
    app = drop(page(), ("pets.zip", folders({"cat/x.png": SVG})))
    dataset = store.datasets.get(app.query_params["dataset"])
    assert (dataset.kind, str(dataset.image), dataset.rows, dataset.target) == ("images", "8x8", 6, "label")
    said = words(app)
    assert "6 images of 8 x 8 pixels, grey, 8 bits; 2 classes; **1 could not be read**" in said
    assert "Each folder is a class" in said
    assert any(each.value == "Samples" for each in app.subheader)
    reasons = next(each.value for each in app.dataframe if "reason" in each.value.columns)
    assert reasons["reason"].tolist() == ["is an SVG drawing, not pixels: export it as PNG"]
    preview = next(each.value for each in app.dataframe if "image" in each.value.columns)
    assert preview["image"][0].startswith("data:image/png;base64,")


def test_images_and_labels_dropped_together_are_one_dataset(page, store) -> None:
    images, labels = (
        np.arange(20 * 64).reshape(20, 8, 8).astype(np.uint8),
        (np.arange(20) % 2).astype(np.uint8),
    )
    app = drop(page(), ("t-labels-idx1-ubyte", idx(labels)), ("t-images-idx3-ubyte", idx(images)))
    [dataset] = store.datasets.list()
    assert (dataset.kind, dataset.rows) == ("images", 20)
    assert "2 classes" in words(app)


def test_files_that_arrive_as_a_stream_are_grouped_as_dropped_ones_are(
    page, home, store, monkeypatch
) -> None:
    files = {"pets/cat/1.png": image(), "pets/dog/1.png": image(), "pets/dog/2.png": image()}
    arrived = [[(spool(io.BytesIO(content), home).name, name) for name, content in files.items()]]
    monkeypatch.setattr("clipviz.ui.uploads._served", lambda: True)
    monkeypatch.setattr(
        "clipviz.ui.upload_zone.upload_zone", lambda *_, **__: arrived.pop() if arrived else []
    )
    app = page()
    [dataset] = store.datasets.list()
    assert (dataset.name, dataset.kind, dataset.rows) == ("pets", "images", 3)
    assert app.query_params["dataset"] in (dataset.id, [dataset.id])
    assert [path.name for path in home.uploads.iterdir()] == [dataset.source], "the files were packed"


def test_a_dropped_folder_is_one_dataset(page, store) -> None:
    app = page()
    folder = next(each for each in app.file_uploader if each.label == "Drop a folder here")
    files = {f"pets/{animal}/{n}.png": image() for animal in ("cat", "dog") for n in range(3)}
    folder.set_value([(name, content, "image/png") for name, content in files.items()])
    app.run()
    assert not app.exception
    [dataset] = store.datasets.list()
    assert (dataset.name, dataset.rows, dataset.kind) == ("pets", 6, "images")


def test_a_table_of_pixels_is_offered_as_images_and_can_go_back(page, store) -> None:
    rows = table(labelled(20), "label," + ",".join(f"p{n}" for n in range(64)))
    app = drop(page(), ("pixels.csv", rows))
    assert "These columns look like **8x8 images**" in words(app)
    first = app.query_params["dataset"]
    button(app, "Read as images").click().run()
    assert not app.exception
    dataset = store.datasets.get(app.query_params["dataset"])
    assert (dataset.kind, str(dataset.image), dataset.rows) == ("images", "8x8", 20)
    button(app, "Read it as a table instead").click().run()
    assert not app.exception
    assert app.query_params["dataset"] == first


def test_a_shape_that_does_not_fit_is_told_and_nothing_changes(page, store) -> None:
    rows = table(labelled(20), "label," + ",".join(f"p{n}" for n in range(64)))
    app = drop(page(), ("pixels.csv", rows))
    for shape, says in (("banana", "shape is height x width"), ("9x9", "has 81 values")):
        next(each for each in app.text_input if each.label == "Shape").set_value(shape).run()
        button(app, "Read as images").click().run()
        assert not app.exception
        assert any(says in error.value for error in app.error), words(app)
    assert len(store.datasets.list()) == 1


def test_another_shape_makes_another_dataset(page, stored, store) -> None:
    app = page(dataset=stored.id)
    next(each for each in app.text_input if each.label == "Shape").set_value("4x4").run()
    button(app, "Read the whole file this way").click().run()
    assert not app.exception
    again = store.datasets.get(app.query_params["dataset"])
    assert (again.id != stored.id, str(again.image), again.target) == (True, "4x4", "label")


def test_pixels_that_fit_no_shape_can_be_mended(page, store) -> None:
    files = {"images.csv": table(labelled(20, 60)[:, 1:]), "labels.csv": table(np.arange(20)[:, None] % 2)}
    app = drop(page(), ("pair.zip", zipped(files)))
    assert any("fit a square" in error.value for error in app.error)
    assert "is kept" in words(app)
    next(each for each in app.text_input if each.label == "Shape").set_value("6x10").run()
    button(app, "Read it this way").click().run()
    assert not app.exception
    [dataset] = store.datasets.list()
    assert str(dataset.image) == "6x10"


def test_the_wall_shows_one_class_on_demand(page, stored) -> None:
    app = page(dataset=stored.id)
    next(each for each in app.selectbox if each.label == "Show").select("1").run()
    assert not app.exception
    assert "could not be drawn" not in words(app)


def test_the_clamp_page_tells_what_a_range_does(page, stored, store) -> None:
    app = page("clamp", dataset=stored.id)
    assert "No clamp is chosen" in words(app)
    clamp = next(each for each in app.selectbox if each.label == "Clamp of every pixel")
    clamp.select("fixed").run()
    next(each for each in app.number_input if each.label.startswith("Upper")).set_value(100.0).run()
    assert "**−∞ … 100**" in words(app) and "images change" in words(app)
    clamp = next(each for each in app.selectbox if each.label == "Clamp of every pixel")
    clamp.select("quantile").run()
    assert not app.exception and "to bounds of its own" in words(app)
    button(app, "Save as a recipe").click().run()
    assert not app.exception
    assert store.recipes.get(app.query_params["recipe"]).recipe.inputs.default.id == "quantile"


def test_the_train_page_starts_a_run_on_pixels(page, stored, store) -> None:
    app = page("train", dataset=stored.id)
    assert "Classification into 2 classes from 64 pixels" in words(app)
    button(app, "Start").click().run()
    assert not app.exception and not app.error
    assert store.runs.get(app.query_params["run"]).dataset == stored.id


def test_unlabelled_images_teach_instead_of_training(page, home, store, tmp_path) -> None:
    path = tmp_path / "bare.npz"
    path.write_bytes(npz(images=np.arange(20 * 64).reshape(20, 8, 8).astype(np.uint8)))
    dataset = store.datasets.add(ingest(path, "bare.npz", home))
    assert "put each class in a folder" in words(page(dataset=dataset.id))
    for name in ("clamp", "train"):
        app = page(name, dataset=dataset.id)
        assert any("A target must hold" in error.value for error in app.error), words(app)


def test_a_channel_may_have_a_range_of_its_own(page, home, store, tmp_path) -> None:
    random = np.random.default_rng(6)
    path = tmp_path / "colour.npz"
    path.write_bytes(
        npz(images=random.integers(0, 256, (30, 4, 4, 3)).astype(np.uint8), labels=np.arange(30) % 2)
    )
    dataset = store.datasets.add(ingest(path, "colour.npz", home, who="Ada"))
    app = page("clamp", dataset=dataset.id)
    app.button_group[0].set_value(["green"]).run()
    next(each for each in app.selectbox if each.label == "Clamp of green").select("pixel_range").run()
    next(each for each in app.number_input if each.label == "Brightest").set_value(100).run()
    assert not app.exception
    lines = next(each.value for each in app.dataframe if "channel" in each.value.columns).set_index("channel")
    assert lines.loc["green", "hi"] == "100"
    assert lines.loc["green", "above"] > 0
    assert lines.loc["red", "above"] == lines.loc["blue", "above"] == 0
    button(app, "Save as a recipe").click().run()
    saved = store.recipes.get(app.query_params["recipe"]).recipe
    assert saved.inputs.channels["green"].id == "pixel_range"


def test_augmentations_are_chosen_and_shown_before_and_after(page, stored, store) -> None:
    app = page("train", dataset=stored.id)
    next(each for each in app.multiselect if each.label.startswith("Random changes")).set_value(
        ["flip", "erase"]
    ).run()
    assert not app.exception
    assert "As a step may see them" in words(app)
    button(app, "Start").click().run()
    saved = store.recipes.get(store.runs.get(app.query_params["run"]).recipe).recipe
    assert [choice.id for choice in saved.augment] == ["erase", "flip"]
