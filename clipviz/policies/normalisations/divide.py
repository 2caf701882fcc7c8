"""Division by one number, as for pixels."""

from typing import ClassVar

from pydantic import Field

from clipviz.core.bounds import Floats
from clipviz.policies.normalisations.base import Normalisation, Scaling
from clipviz.policies.policy import extra


class Divide(Normalisation):
    """Divide every value by one number that is known beforehand, such as the brightest a pixel can be."""

    title: ClassVar[str] = "Divide by 255"
    traits: ClassVar = frozenset({"control", "fixed", "export"})
    formula: ClassVar[str] = r"y = \frac{x}{white}"
    use: ClassVar[str] = (
        "Images: it keeps what is dark dark in every image, and learns nothing from the rows that could leak."
    )
    reference: ClassVar[str] = (
        "LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition, 1998: grey "
        "levels by fixed numbers."
    )
    widest: ClassVar = {"white": 1.0}

    white: float = Field(
        255.0,
        gt=0,
        le=1e9,
        title="White",
        description="What becomes 1: 255 for pixels of 8 bits, 65535 for 16.",
        json_schema_extra=extra("column", 255.0, 65535.0),
    )

    def fit(self, values: Floats) -> Scaling:
        return Scaling(0.0, self.white)
