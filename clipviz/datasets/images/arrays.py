"""Images that come as one array, with an array of labels or none."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import ImageReading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets.given_parts import Part
from clipviz.datasets.images import shapes, values
from clipviz.datasets.images.picture import Picture, Survey

Array = NDArray[Any]
CHANNELS = (1, 3, 4)
BLOCK = 256


class Pile(NamedTuple):
    """Images and their labels; part: of the split that several piles are."""

    images: Array
    labels: Array | None
    part: Part | None = None


def survey(parts: Sequence[Pile], how: ImageReading, what: str) -> Survey:
    """What arrays of images hold; several parts (train, test) are put together. Raises UnreadableFile."""
    if not parts:
        raise UnreadableFile(
            "There must be an array of images", f"none in this {what}", "Save one as (N, H, W)"
        )
    laid = [layout(pile.images, how, what) for pile in parts]
    scale = _scale(parts)
    sizes: Counter[tuple[int, int]] = Counter()
    for images in laid:
        sizes[images.shape[1:3]] += len(images)
    if not sum(sizes.values()):
        raise UnreadableFile(
            "There must be at least one image", f"an empty array in this {what}", "Add images"
        )
    channels: Literal[1, 3] = 1 if all(images.shape[3] == 1 for images in laid) else 3
    order = order_of(parts[0].images, how)
    flat = parts[0].images.ndim == 2
    if flat and how.shape is None:
        how = how.model_copy(
            update={"shape": str(shapes.of_values(parts[0].images.shape[1], None, f"this {what}"))}
        )
    if order == "planes" or flat:
        how = how.model_copy(update={"order": order})
    count = sum(len(images) for images in laid)
    with_labels = ", with labels" if all(labels is not None for _, labels, _ in parts) else ""
    said = [
        f"Read {count:,} images from {'an array' if len(parts) == 1 else f'{len(parts)} arrays'} ({what}){with_labels}."
    ]
    if any(_one_hot(labels) for _, labels, _ in parts):
        said.append("Labels with one 1 in each row were read as the place of the 1, counted from 0.")
    return Survey(how, count, sizes, channels, scale.bits, (*said, *scale.sentences()))


def pictures(parts: Sequence[Pile], how: ImageReading, what: str) -> Iterator[Picture]:
    """Every image of the parts, one after another; raises UnreadableFile where labels do not match."""
    place, scale = 0, _scale(parts)
    for images, labels, part in parts:
        words = label_words(labels, len(images))
        for at, image in enumerate(layout(images, how, what)):
            place += 1
            pixels, reason = values.convert(np.asarray(image), scale)
            if pixels is not None and pixels.shape[2] == 4:
                pixels = _over(pixels, how.background or "white", scale.most)
            yield Picture(place, "", words[at], pixels, reason, part=part)


def layout(images: Array, how: ImageReading, what: str) -> Array:
    """(N, H, W, C) view of images (N, P), (N, H, W), (N, H, W, C) or (N, C, H, W); raises UnreadableFile."""
    if images.dtype.kind not in "buif":
        raise UnreadableFile(
            "Images must be arrays of numbers", f"{images.dtype} in this {what}", "Save the pixels as uint8"
        )
    if images.ndim == 2:
        shape = shapes.of_values(images.shape[1], how.shape, f"this {what}")
        return as_images(images, shape.height, shape.width, shape.channels, how)
    if images.ndim == 3:
        return images[:, :, :, None]
    if images.ndim == 4:
        laid = images.transpose(0, 2, 3, 1) if order_of(images, how) == "planes" else images
        if laid.shape[3] in CHANNELS:
            return laid
    raise UnreadableFile(
        "An array of images is (N, height, width), or has 1, 3 or 4 channels more",
        " x ".join(f"{side:,}" for side in images.shape) or "a single number",
        "Save it in one of these shapes",
    )


def as_images(rows: Array, height: int, width: int, channels: int, how: ImageReading) -> Array:
    """(N, P) rows of values as (N, H, W, C), colours pixel by pixel or plane by plane."""
    if how.order == "planes":
        return rows.reshape(len(rows), channels, height, width).transpose(0, 2, 3, 1)
    return rows.reshape(len(rows), height, width, channels)


def order_of(images: Array, how: ImageReading) -> Literal["pixels", "planes"]:
    """Where the channels of an array stand: as said, else in front when only that place has 1, 3 or 4 of them."""
    if how.order is not None:
        return how.order
    planes = images.ndim == 4 and images.shape[1] in CHANNELS and images.shape[3] not in CHANNELS
    return "planes" if planes else "pixels"


def label_words(labels: Array | None, count: int) -> list[str | None]:
    """Labels (N,), (N, 1) or one-hot (N, K) as words; raises UnreadableFile when there are not `count` of them."""
    if labels is None:
        return [None] * count
    if len(labels.shape) == 0 or len(labels) != count:
        found = len(labels) if labels.shape else 1
        raise UnreadableFile(
            "There must be one label for each image",
            f"{count:,} images and {found:,} labels",
            "Check that both belong together",
        )
    if _one_hot(labels):
        labels = labels.argmax(axis=1)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        sides = " x ".join(f"{side:,}" for side in labels.shape)
        raise UnreadableFile("Labels are one value an image", sides, "Save them as an array of (N,)")
    return [_word(label) for label in labels.tolist()]


def _word(label: Any) -> str | None:
    if isinstance(label, bytes):
        label = label.decode("utf-8", "replace")
    if isinstance(label, float):
        if not np.isfinite(label):
            return None
        return str(int(label)) if label.is_integer() else repr(label)
    return str(label) or None


def _one_hot(labels: Array | None) -> bool:
    if labels is None or labels.ndim != 2 or labels.shape[1] < 2 or labels.dtype.kind not in "buif":
        return False
    return bool(np.isin(labels, (0, 1)).all() and (labels.sum(axis=1) == 1).all())


def _scale(parts: Sequence[Pile]) -> values.Scale:
    """The range of all values, from every one of them, some images at a time."""
    if all(images.dtype == np.uint8 for images, *_ in parts):
        return values.Scale()
    lowest, highest, fractions = [], [], False
    for images, *_ in parts:
        if images.dtype == np.bool_:
            return values.Scale(factor=255.0)
        rows = images.reshape(len(images), -1) if images.size else images.reshape(0, 1)
        for start in range(0, len(rows), BLOCK):
            block = np.asarray(rows[start : start + BLOCK])
            lowest.append(block.min(axis=1))
            highest.append(block.max(axis=1))
            if block.dtype.kind == "f" and not fractions:
                fractions = bool(np.any(block != np.rint(block)))
    if not lowest:
        return values.Scale()
    return values.decide(np.concatenate(lowest), np.concatenate(highest), fractions)


def _over(image: Any, background: str, most: int) -> Any:
    """RGBA (H, W, 4) laid over the background."""
    share = image[:, :, 3:].astype(np.float64) / most
    ground = 0.0 if background == "black" else float(most)
    return np.rint(image[:, :, :3] * share + ground * (1 - share)).astype(image.dtype)
