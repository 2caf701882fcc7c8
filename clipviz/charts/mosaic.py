"""Images side by side as one picture."""

import numpy as np
from numpy.typing import NDArray

GAP = 4


def mosaic(images: NDArray[np.generic], across: int, side: int, most: float) -> NDArray[np.uint8]:
    """(rows, columns, 4) uint8 of images (N, H, W, C) laid out `across` in a row, clear between them.

    side: pixels of the longer side, about; small images are repeated in whole steps, never smoothed, and large ones
    thinned. most: the value that is drawn white.
    """
    height, width = images.shape[1:3]
    step = max(1, -(-max(height, width) // (2 * side)))
    thinned = np.asarray(images[:, ::step, ::step], dtype=np.float64)
    zoom = max(1, side // max(thinned.shape[1:3]))
    shown = np.clip(np.rint(thinned * (255.0 / most if most else 1.0)), 0, 255).astype(np.uint8)
    shown = np.repeat(np.repeat(shown, zoom, axis=1), zoom, axis=2)
    if shown.shape[3] == 1:
        shown = np.repeat(shown, 3, axis=3)
    high, wide = shown.shape[1] + GAP, shown.shape[2] + GAP
    lines = max(1, -(-len(shown) // across))
    canvas = np.zeros((lines * high, min(across, max(1, len(shown))) * wide, 4), dtype=np.uint8)
    for at, image in enumerate(shown):
        top, left = at // across * high, at % across * wide
        canvas[top : top + high - GAP, left : left + wide - GAP, :3] = image
        canvas[top : top + high - GAP, left : left + wide - GAP, 3] = 255
    return canvas
