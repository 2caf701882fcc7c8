"""From the bytes of one image file to an array; whatever a stranger's file holds, the answer is pixels or a reason."""

import io
import re
import struct
import sys
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8] | NDArray[np.uint16]
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")
SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".ppm", ".pgm", ".pbm")
MARKS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
"""How files begin that are images and nothing else."""
DEEP = re.compile(r"^(RGB|RGBA);16([BLN])$")
LARGEST = 50_000_000
"""Most pixels of one image; a bomb of a few kilobytes can claim billions."""
# What Pillow's readers raise on broken files.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, ArithmeticError, struct.error,
          zlib.error)  # fmt: skip


class Unusable(Exception):
    """An image that cannot be used; the text says why, as a reason that follows its name."""


@dataclass(frozen=True)
class Look:
    """What the head of an image file says, its orientation applied."""

    height: int
    width: int
    colour: bool
    bits: Literal[8, 16]


def look(data: bytes) -> Look:
    """What the head of an image says, without decoding it; raises Unusable."""
    with _opened(data) as image:
        deep = _deep(image) is not None  # looked at first: reading the metadata of a PNG decodes it
        width, height = image.size
        if _exif_rotates(image):
            width, height = height, width
        wide = image.mode.startswith("I") or deep
        return Look(height, width, not _is_grey(image), 16 if wide else 8)


def decode(data: bytes, background: str) -> Pixels:
    """(H, W, 1) or (H, W, 3), uint8 or uint16, upright, transparent parts over `background`; raises Unusable."""
    return decode_and_remark(data, background)[0]


def decode_and_remark(data: bytes, background: str) -> tuple[Pixels, tuple[str, ...]]:
    """As `decode`, and what was changed, each a phrase that follows "an image"; raises Unusable."""
    with _opened(data) as image:
        low = _deep(image)
        remarks = _remarks(image)
        if low is None:
            return _pixels(image, background), remarks
        with _opened(data) as other:
            other.tile = low
            return _joined(image, other, background), remarks


def _pixels(image: Any, background: str) -> Pixels:
    from PIL import ImageOps

    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):
        return _sixteen(np.asarray(upright))[:, :, None]
    if upright.mode == "F":
        raise Unusable("holds fractions in 32 bits: save it with 8 or 16 bits")
    grey = _is_grey(upright)
    flat = _over(upright, background) if _transparent(upright) else upright
    array = np.asarray(flat.convert("L" if grey else "RGB"), dtype=np.uint8)
    return array[:, :, None] if grey else array


def _deep(image: Any) -> list[Any] | None:
    """For colours of 16 bits: how Pillow is to decode them once more to give their low bytes; else None.

    Pillow reads the high bytes alone. With the order of the bytes the other way round it reads the low ones.
    """
    if image.mode not in ("RGB", "RGBA") or "transparency" in image.info:
        return None
    other = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}
    tiles = []
    for codec, extents, offset, given in image.tile:
        first, *rest = (given,) if isinstance(given, str) else given
        found = DEEP.match(first)
        if found is None:
            return None
        swapped = f"{found[1]};16{other[found[2]]}"
        again = swapped if isinstance(given, str) else (swapped, *rest)
        tiles.append(type(image.tile[0])(codec, extents, offset, again))
    return tiles or None


def _joined(high: Any, low: Any, background: str) -> Pixels:
    """(H, W, 3) uint16 of an image decoded twice, upright, transparent parts over `background`."""
    from PIL import ImageOps

    parts = [np.asarray(ImageOps.exif_transpose(image)).astype(np.uint16) for image in (high, low)]
    pixels = parts[0] * np.uint16(256) + parts[1]
    if pixels.shape[2] == 3:
        return pixels
    share = pixels[:, :, 3:] / 65_535
    ground = 0.0 if background == "black" else 65_535.0
    return np.rint(pixels[:, :, :3] * share + ground * (1 - share)).astype(np.uint16)


def what_is(data: bytes) -> str:
    """What a file that is no image seems to be, as a reason."""
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if b"<svg" in head:
        return "is an SVG drawing, not pixels: export it as PNG"
    if head.startswith((b"<!doctype html", b"<html")):
        return "is a web page, not an image: download the image itself"
    if not data:
        return "is empty"
    if data.startswith(MARKS):
        return "is damaged or cut off: it begins like an image and goes on as none"
    if not any(value < 9 for value in data[:2000]):
        return "is text, not an image"
    return "is not an image that can be read: use PNG, JPEG, GIF, BMP, TIFF or WebP"


@contextmanager
def _opened(data: bytes) -> "Iterator[Any]":
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged metadata, and of sizes that are checked here
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                width, height = image.size
                if width * height > LARGEST:
                    raise Unusable(
                        f"claims {width:,} x {height:,} pixels; at most {LARGEST // 1_000_000} million are read"
                    )
                yield image
    except Image.DecompressionBombError as error:
        raise Unusable(f"claims more pixels than the {LARGEST // 1_000_000} million that are read") from error
    except UnidentifiedImageError as error:
        raise Unusable(what_is(data)) from error
    except BROKEN as error:
        raise Unusable(f"is damaged or cut off ({str(error)[:80] or type(error).__name__})") from error


def _exif_rotates(image: Any) -> bool:
    return image.getexif().get(0x0112, 1) in (5, 6, 7, 8)


def _is_grey(image: Any) -> bool:
    if image.mode == "P":
        colours = image.getpalette("RGB") or []
        return all(red == green == blue for red, green, blue in zip(*[iter(colours)] * 3, strict=False))
    return image.mode in ("1", "L", "LA", "La", "F") or image.mode.startswith("I")


def _transparent(image: Any) -> bool:
    return "A" in image.mode or "a" in image.mode or "transparency" in image.info


def _remarks(image: Any) -> tuple[str, ...]:
    found = []
    if (
        _deep(image) is None
        and any("16" in str(tile[3]) for tile in image.tile)
        and image.mode in ("RGB", "RGBA")
    ):
        found.append("has 16-bit colours, read with 8 bits")
    if getattr(image, "n_frames", 1) > 1:
        found.append("moves; its first frame is read")
    if _transparent(image):
        found.append("has transparent parts, laid over the background")
    if image.getexif().get(0x0112, 1) not in (0, 1):
        found.append("was turned upright as its camera says")
    return tuple(found)


def _over(image: Any, background: str) -> Any:
    from PIL import Image

    ground = Image.new("RGBA", image.size, background)
    ground.alpha_composite(image.convert("RGBA"))
    return ground


def _sixteen(values: NDArray[Any]) -> NDArray[np.uint16]:
    if values.size and (values.min() < 0 or values.max() > 65_535):
        raise Unusable("holds values outside 0 to 65,535: save it with 8 or 16 bits")
    return values.astype(np.uint16)
