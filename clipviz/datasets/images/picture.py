"""What every source of images gives: pictures, and what is known of them before they are read."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from clipviz.core.dataset import ImageReading
from clipviz.datasets.given_parts import Part
from clipviz.datasets.images.decode import Pixels


@dataclass(frozen=True)
class Picture:
    """One image of a source, as it is there; a rejected one has a reason instead of pixels.

    place: 1-based, in the order of the source (the line, where that is a table). file: its name, "" where it has none.
    part: of the split that the source gives, where it gives one.
    pixels: (H, W, C) of any size. remarks: what reading it changed, each a phrase that follows "an image".
    """

    place: int
    file: str = ""
    label: str | None = None
    pixels: Pixels | None = None
    reason: str = ""
    column: str = ""
    remarks: tuple[str, ...] = ()
    part: Part | None = None


@dataclass(frozen=True)
class Survey:
    """What a first look at a source found.

    how: the reading with every guess that this source asks for filled in. count: images, at most. sizes: of images by
    (height, width). channels, bits: what holds all of them. sentences: how the source was read, in words.
    """

    how: ImageReading
    count: int
    sizes: Counter[tuple[int, int]]
    channels: Literal[1, 3]
    bits: Literal[8, 16]
    sentences: tuple[str, ...] = field(default=())
