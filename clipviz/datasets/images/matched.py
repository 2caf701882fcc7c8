"""Arrays by name, sorted into images and the labels that belong to them."""

from collections.abc import Mapping

from clipviz.core.errors import UnreadableFile
from clipviz.datasets.given_parts import part_of
from clipviz.datasets.images.arrays import Array, Pile
from clipviz.datasets.images.pairs import pair


def matched(found: Mapping[str, Array], what: str) -> list[Pile]:
    """(images, labels or None) of arrays by name: by their names where these say it, else by their sides.

    An array of one side, or of one column, holds labels; any other holds images. Raises UnreadableFile when it is not
    clear which labels belong to which images.
    """
    named = [
        (images, labels)
        for images, labels in pair(found)
        if found[images].ndim >= 2 and found[labels].ndim in (1, 2)
    ]
    if named:
        parts = [part_of(images) for images, _ in named]
        split = "train" in parts and len(set(parts)) > 1
        return [
            Pile(found[images], found[labels], part if split else None)
            for (images, labels), part in zip(named, parts, strict=True)
        ]
    images = [array for array in found.values() if array.ndim >= 2 and array.shape[1:] != (1,)]
    labels = [array for array in found.values() if array.ndim == 1 or array.shape[1:] == (1,)]
    if not images:
        raise UnreadableFile(
            "There must be an array of images",
            f"only labels in this {what}" if labels else f"none in this {what}",
            "Upload images and labels together",
        )
    if not labels:
        return [Pile(array, None) for array in images]
    if len(images) == len(labels) == 1:
        return [Pile(images[0], labels[0])]
    raise UnreadableFile(
        "It must be clear which labels belong to which images",
        f"{len(images)} arrays of images and {len(labels)} of labels: {', '.join(found)}"[:300],
        "Name them alike, such as x_train and y_train",
    )
