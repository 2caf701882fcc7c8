"""Another light."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from clipviz.policies.policy import extra
from clipviz.training.augmentations.base import Augmentation, uniform

if TYPE_CHECKING:
    from torch import Tensor

GREY = (0.299, 0.587, 0.114)


class Jitter(Augmentation):
    """Change brightness, contrast and, of colour images, saturation by random factors; values stay in 0..1."""

    title: ClassVar[str] = "Colour jitter"

    brightness: float = Field(
        0.2,
        ge=0,
        le=1,
        title="Brightness",
        description="Largest relative change.",
        json_schema_extra=extra("", 0.1, 0.2, 0.4),
    )
    contrast: float = Field(
        0.2,
        ge=0,
        le=1,
        title="Contrast",
        description="Largest relative change, about the image's mean.",
        json_schema_extra=extra("", 0.1, 0.2, 0.4),
    )
    saturation: float = Field(
        0.2,
        ge=0,
        le=1,
        title="Saturation",
        description="Largest relative change, about grey; images of three channels only.",
        json_schema_extra=extra("", 0.1, 0.2, 0.4),
    )

    def change(self, images: Tensor) -> Tensor:
        images = (images * _factor(images, self.brightness)).clamp(0, 1)
        images = (
            images.mean(dim=(1, 2, 3), keepdim=True).lerp(images, _factor(images, self.contrast)).clamp(0, 1)
        )
        if images.shape[1] != len(GREY):
            return images
        # By numbers: a tensor of the shares would come from the host at every step.
        red, green, blue = images[:, :1], images[:, 1:2], images[:, 2:]
        grey = GREY[0] * red + GREY[1] * green + GREY[2] * blue
        return grey.lerp(images, _factor(images, self.saturation)).clamp(0, 1)


def _factor(images: Tensor, reach: float) -> Tensor:
    return uniform(images, 1 - reach, 1 + reach)
