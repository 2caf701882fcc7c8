"""Left becomes right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from clipviz.training.augmentations.base import Augmentation

if TYPE_CHECKING:
    from torch import Tensor


class Flip(Augmentation):
    """Mirror images left to right. Not for letters and digits, whose mirror images mean something else."""

    title: ClassVar[str] = "Flip"

    def change(self, images: Tensor) -> Tensor:
        return images.flip(3)
