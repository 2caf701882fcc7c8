"""One range for all pixels of a channel."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from clipviz.core.bounds import Bounds, Floats
from clipviz.policies.inputs.base import Groups, SidedClamp
from clipviz.policies.policy import extra


class PixelRangeClamp(SidedClamp):
    """Clamp every pixel to one range of brightness, the same for the whole image or for one of its channels.

    Pixels are widened to float64 first: in 8 bits 250 + 10 is 4. A range that leaves out 0 or 255 flattens what is
    darker or brighter. The channels of a colour image may each have a range of their own: inputs.channels of a recipe.
    """

    title: ClassVar[str] = "Pixel range"
    traits: ClassVar = frozenset({"control", "fixed", "export"})
    formula: ClassVar[str] = r"y = \min(\max(x, darkest), brightest)"
    use: ClassVar[str] = (
        "Images with glare, dead pixels or a dark sensor floor; together with division by 255 as the normalisation."
    )
    reference: ClassVar[str] = "Gonzalez and Woods, Digital Image Processing, 2018, on grey-level clipping."
    widest: ClassVar = {"darkest": 0, "brightest": 65535, "sides": "upper"}

    darkest: int = Field(
        0,
        ge=0,
        le=65535,
        title="Darkest",
        description="Darker pixels become this.",
        json_schema_extra=extra("pixel value", 0, 16, 32),
    )
    brightest: int = Field(
        255,
        ge=0,
        le=65535,
        title="Brightest",
        description="Brighter pixels become this; images of 16 bits reach 65535.",
        json_schema_extra=extra("pixel value", 255, 240, 224),
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.darkest < self.brightest:
            raise ValueError("the darkest value (darkest) must be below the brightest one (brightest)")
        return self

    def fit(self, values: Floats, groups: Groups | None = None) -> Bounds:
        return self.used(Bounds(float(self.darkest), float(self.brightest)), values)
