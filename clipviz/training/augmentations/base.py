"""What every augmentation is. Torch is named for the type checker only: a form can read it without torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from clipviz.core.recipe import Part
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class Augmentation(Part, ABC):
    """A random change of training images that leaves their label true. Validation and test see none of it."""

    title: ClassVar[str]

    probability: float = Field(
        0.5,
        ge=0,
        le=1,
        title="How often",
        description="Chance of each image to be changed, each time it is seen.",
        json_schema_extra=extra("share of images", 0.25, 0.5, 1.0),
    )

    def __call__(self, images: Tensor) -> Tensor:
        """Images (B, C, H, W) in 0..1, each changed or not, by torch's generator of their device.

        All images are computed and a mask chooses: no word to the host, the same shapes at every step.
        """
        import torch

        chosen = torch.rand(len(images), 1, 1, 1, device=images.device) < self.probability
        return torch.where(chosen, self.change(images), images)

    @abstractmethod
    def change(self, images: Tensor) -> Tensor:
        """Every image changed, (B, C, H, W) in 0..1."""


def uniform(images: Tensor, low: float, high: float) -> Tensor:
    """One number an image, (B, 1, 1, 1), uniform in [low, high)."""
    import torch

    return torch.empty(len(images), 1, 1, 1, device=images.device, dtype=images.dtype).uniform_(low, high)
