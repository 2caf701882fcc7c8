"""Words that say which part of a split a row or an image belongs to: train/, x_test, "Validation"."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Literal

Part = Literal["train", "validation", "test"]
WORDS: dict[str, Part] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "validation"),
    **dict.fromkeys(("test", "testing", "holdout", "t10k"), "test"),
}  # fmt: skip
PART = "part"
"""The column of a pile of images that holds the part of each."""
_WORD = re.compile(r"t10k|[A-Z]?[a-z]+|[A-Z]+")


def part_of(name: str) -> Part | None:
    """The part that a name speaks of: "seg_train", "PublicTest"; None where it names none, or more than one."""
    found = {WORDS[word.lower()] for word in _WORD.findall(name) if word.lower() in WORDS}
    return found.pop() if len(found) == 1 else None


def folders(names: Sequence[str]) -> dict[str, tuple[Part | None, str]]:
    """(part, innermost folder that names no part, "" where there is none) of each file, by its path.

    The folders of one depth are parts where one of them is for training and another one is not: a lone folder "train"
    among others is a class. A file beside such parts, in a folder of no known class, has neither part nor class.
    """
    paths = {name: PurePosixPath(name).parts[:-1] for name in names}
    depths = [
        depth
        for depth in range(max(map(len, paths.values()), default=0))
        if _are_parts({path[depth] for path in paths.values() if len(path) > depth})
    ]
    found = {name: _split(path, depths) for name, path in paths.items()}
    known = {folder for part, folder in found.values() if part}
    return {
        name: (part, folder if part or not depths or folder in known else "")
        for name, (part, folder) in found.items()
    }


def _are_parts(names: set[str]) -> bool:
    parts = {part_of(name) for name in names} - {None}
    return "train" in parts and len(parts) > 1


def _split(path: Sequence[str], depths: Sequence[int]) -> tuple[Part | None, str]:
    said = [part for depth in depths if depth < len(path) if (part := part_of(path[depth]))]
    others = [name for depth, name in enumerate(path) if depth not in depths]
    return said[-1] if said else None, others[-1] if others else ""
