"""A hole."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from clipviz.policies.policy import extra
from clipviz.training.augmentations.base import Augmentation, uniform

if TYPE_CHECKING:
    from torch import Tensor


class Erase(Augmentation):
    """Set a random rectangle of each image to 0, so that no single part of it decides.

    Zhong et al., Random erasing data augmentation, arXiv:1708.04896, 2017.
    """

    title: ClassVar[str] = "Random erasing"

    largest: float = Field(
        0.25,
        gt=0,
        le=1,
        title="Largest area",
        description="Of the rectangle; the smallest is 2 % of the image.",
        json_schema_extra=extra("share of the image", 0.1, 0.25, 0.4),
    )

    def change(self, images: Tensor) -> Tensor:
        import torch

        height, width = images.shape[2:]
        area = uniform(images, min(0.02, self.largest), self.largest)
        shape = uniform(images, -1.2, 1.2).exp()  # height over width, from 0.3 to 3.3
        tall, wide = (area * shape).sqrt().clamp(max=1), (area / shape).sqrt().clamp(max=1)
        top, left = uniform(images, 0, 1) * (1 - tall), uniform(images, 0, 1) * (1 - wide)
        down = ((torch.arange(height, device=images.device) + 0.5) / height).view(1, 1, -1, 1)
        across = ((torch.arange(width, device=images.device) + 0.5) / width).view(1, 1, 1, -1)
        inside = (down > top) & (down < top + tall) & (across > left) & (across < left + wide)
        return images.masked_fill(inside, 0.0)
