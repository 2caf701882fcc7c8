"""Which of several names belong together: images here, their labels there."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

IMAGES = ("images", "image", "imgs", "img", "pixels", "pixel", "idx3", "x", "data", "features", "inputs")
LABELS = ("labels", "label", "idx1", "y", "targets", "target", "classes", "class")
COMMON = ("ubyte", "gz", "csv", "tsv", "txt", "npy", "xlsx", "xls", "idx")
WORD = re.compile(r"[a-z]+\d*|\d+")


def role(name: str) -> str:
    """ "images" or "labels" when a name says so, else ""."""
    words = _words(name)
    # "image_labels" are labels: the last word that says anything decides
    for word in reversed(words):
        if word in LABELS:
            return "labels"
        if word in IMAGES:
            return "images"
    return ""


def stem(name: str) -> str:
    """What is left of a name without the words that tell images from labels: "train" of "x_train.npy"."""
    return " ".join(word for word in _words(name) if word not in (*IMAGES, *LABELS, *COMMON))


def pair(names: Iterable[str]) -> list[tuple[str, str]]:
    """(images, labels) of names that differ in nothing but these words, in the order of the images."""
    known = list(names)
    labels: dict[str, list[str]] = {}
    for name in known:
        if role(name) == "labels":
            labels.setdefault(stem(name), []).append(name)
    found = []
    for name in known:
        fitting = labels.get(stem(name), [])
        if role(name) == "images" and len(fitting) == 1:
            found.append((name, fitting[0]))
    return found


def _words(name: str) -> list[str]:
    path = PurePosixPath(name.replace("\\", "/").lower())
    return [word for part in path.parts for word in WORD.findall(part)]
