"""Turned, moved, scaled, sheared."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from clipviz.policies.policy import extra
from clipviz.training.augmentations.base import Augmentation, uniform

if TYPE_CHECKING:
    from torch import Tensor


class Affine(Augmentation):
    """Turn, move, scale and shear images about their middle, with bilinear interpolation; what comes in is 0."""

    title: ClassVar[str] = "Affine"

    degrees: float = Field(
        10.0,
        ge=0,
        le=180,
        title="Turn",
        description="Largest angle, either way.",
        json_schema_extra=extra("degrees", 5.0, 10.0, 30.0),
    )
    shift: float = Field(
        0.1,
        ge=0,
        le=1,
        title="Move",
        description="Farthest move in each direction.",
        json_schema_extra=extra("share of the image", 0.0, 0.1, 0.2),
    )
    zoom: float = Field(
        0.1,
        ge=0,
        lt=1,
        title="Scale",
        description="Largest change of size, up or down.",
        json_schema_extra=extra("share of the image", 0.0, 0.1, 0.3),
    )
    shear: float = Field(
        0.0,
        ge=0,
        le=1,
        title="Shear",
        description="Largest slant: sideways pixels per pixel of height.",
        json_schema_extra=extra("", 0.0, 0.1, 0.2, advanced=True),
    )

    def change(self, images: Tensor) -> Tensor:
        import torch
        from torch.nn import functional

        turn = uniform(images, -self.degrees, self.degrees).mul(math.pi / 180).flatten()
        size = 1 / uniform(images, 1 - self.zoom, 1 + self.zoom).flatten()
        slant = uniform(images, -self.shear, self.shear).flatten()
        right, down = (uniform(images, -2 * self.shift, 2 * self.shift).flatten() for _ in range(2))
        cosine, sine, squash = turn.cos() * size, turn.sin() * size, images.shape[2] / images.shape[3]
        # From a place in the new image to where its value was in the old one, both in -1..1 of width and height.
        across = torch.stack([cosine, (slant * cosine - sine) * squash, right], dim=1)
        along = torch.stack([sine / squash, slant * sine + cosine, down], dim=1)
        grid = functional.affine_grid(
            torch.stack([across, along], dim=1), list(images.shape), align_corners=False
        )
        return functional.grid_sample(images, grid, align_corners=False)
