"""Numbers of any kind as pixel values: which range they are in, and which of them are outside it."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from clipviz.datasets.images.decode import Pixels

SHARE_OF_SIXTEEN = 0.05
"""From this share of images with values above 255 on, they are 16-bit images; below, those few are wrong."""


@dataclass(frozen=True)
class Scale:
    """factor: what values are multiplied by; bits: of what comes out."""

    factor: float = 1.0
    bits: Literal[8, 16] = 8

    @property
    def most(self) -> int:
        return 65_535 if self.bits == 16 else 255

    def sentences(self) -> tuple[str, ...]:
        said = ("Values from 0 to 1 were multiplied by 255 and rounded.",) if self.factor != 1 else ()
        return (*said, *(("Values reach beyond 255: read as 16 bits.",) if self.bits == 16 else ()))


def decide(lowest: NDArray[Any], highest: NDArray[Any], fractions: bool) -> Scale:
    """The range of images of which `lowest` and `highest` (N,) are known; fractions: some value is no whole number."""
    low, high = lowest[np.isfinite(lowest)], highest[np.isfinite(highest)]
    if not len(high) or not len(low):
        return Scale()
    if fractions and float(high.max()) <= 1 and float(low.min()) >= 0:
        return Scale(factor=255.0)
    wide = float(np.mean(high > 255))
    return Scale(bits=16 if wide >= SHARE_OF_SIXTEEN else 8)


def convert(values: NDArray[Any], scale: Scale) -> tuple[Pixels | None, str]:
    """Values of any shape as uint8 or uint16, rounded; or None and the reason why not."""
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        return None, "holds a value that is missing or not finite"
    scaled = values * scale.factor if scale.factor != 1 else values
    if scaled.size and (scaled.min() < 0 or scaled.max() > scale.most):
        worst = scaled.min() if scaled.min() < 0 else scaled.max()
        return None, f"holds the value {worst:,g}, outside 0 to {scale.most:,}"
    rounded = np.rint(scaled) if scaled.dtype.kind == "f" else scaled
    return (rounded.astype(np.uint16) if scale.bits == 16 else rounded.astype(np.uint8)), ""
