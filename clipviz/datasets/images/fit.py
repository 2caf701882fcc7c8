"""One image brought to the shape of its dataset: size, channels, bits."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import ImageReading, ImageShape
from clipviz.datasets.images.decode import Pixels

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey: ITU-R BT.601."""


def fit(image: Pixels, shape: ImageShape, how: ImageReading) -> Pixels:
    """(H, W, C) of any size to (height, width, channels) of `shape`.

    how.fit: crop scales until the shape is covered and cuts what sticks out; pad scales until the image fits and
    fills the rest with how.background; stretch scales each side by itself. 8 bits become 16 as x 257 and back, so that
    white stays white.
    """
    image = _bits(_channels(image, shape.channels), shape.bits)
    if image.shape[:2] == (shape.height, shape.width):
        return image
    most = 65_535 if image.dtype == np.uint16 else 255
    ground = most if how.background != "black" else 0
    planes = [_plane(image[:, :, place], shape, how.fit or "crop", ground) for place in range(image.shape[2])]
    sized = np.stack(planes, axis=2)
    whole = np.clip(np.rint(sized), 0, most)
    return whole.astype(np.uint16) if shape.bits == 16 else whole.astype(np.uint8)


def _bits(image: Pixels, wanted: int) -> Pixels:
    if wanted == 16 and image.dtype == np.uint8:
        return np.multiply(image, 257, dtype=np.uint16)
    if wanted == 8 and image.dtype == np.uint16:
        return (image // np.uint16(257)).astype(np.uint8)
    return image


def _channels(image: Pixels, wanted: int) -> Pixels:
    if image.shape[2] == wanted:
        return image
    if wanted == 3:
        return np.repeat(image, 3, axis=2)  # type: ignore[return-value]
    grey: NDArray[np.float64] = np.rint(image @ np.array(LUMA))[:, :, None]
    return grey.astype(np.uint16) if image.dtype == np.uint16 else grey.astype(np.uint8)


def _plane(plane: NDArray[Any], shape: ImageShape, way: str, ground: int) -> NDArray[np.float32]:
    """One channel (H, W) as float32 of the shape's size; averaged over areas where it shrinks."""
    from PIL import Image, ImageOps

    picture = Image.fromarray(plane.astype(np.float32))
    size, method = (shape.width, shape.height), Image.Resampling.BILINEAR
    if way == "stretch":
        picture = picture.resize(size, method)
    elif way == "pad":
        picture = ImageOps.pad(picture, size, method, color=ground)
    else:
        picture = ImageOps.fit(picture, size, method)
    return np.asarray(picture, dtype=np.float32)
