"""A little to the side."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from clipviz.policies.policy import extra
from clipviz.training.augmentations.base import Augmentation

if TYPE_CHECKING:
    from torch import Tensor


class Crop(Augmentation):
    """Pad images with 0 on all sides and cut the same size out at a random place: they move by whole pixels."""

    title: ClassVar[str] = "Random crop"

    padding: int = Field(
        2,
        ge=1,
        le=64,
        title="Padding",
        description="Farthest move in each direction.",
        json_schema_extra=extra("pixels", 1, 2, 4),
    )

    def change(self, images: Tensor) -> Tensor:
        import torch
        from torch.nn import functional

        count, channels, height, width = images.shape
        padded = functional.pad(images, (self.padding,) * 4)
        device = images.device
        top, left = torch.randint(0, 2 * self.padding + 1, (2, count, 1), device=device).unbind(0)  # (B, 1)
        rows = (top + torch.arange(height, device=device)).view(count, 1, height, 1)
        columns = (left + torch.arange(width, device=device)).view(count, 1, 1, width)
        places = rows * padded.shape[3] + columns  # (B, 1, H, W)
        flat = places.expand(-1, channels, -1, -1).flatten(2)
        return padded.flatten(2).gather(2, flat).view_as(images)
