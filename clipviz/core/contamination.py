"""Outliers that a recipe puts into its own rows."""

from typing import Literal

from pydantic import Field

from clipviz.core.part import Part


class Contamination(Part):
    """Outliers put in on purpose, to see how many of them a recipe stands; none by default."""

    where: Literal["none", "training", "test", "target"] = Field(
        "none",
        title="Outliers in",
        description="The inputs of training and validation rows; the inputs of test rows; or the targets of training "
        "and validation rows. Targets of test rows are never touched.",
    )
    rate: float = Field(0.05, ge=0, le=1, title="Dirty rows", description="Share of these rows that get one.")
    size: float = Field(
        10.0,
        ge=0,
        le=1e6,
        title="Outlier size",
        description="How far an outlier moves from its value, in standard deviations of the training values.",
    )
    seed: int = Field(0, ge=0, lt=2**32, title="Dirt seed", description="Decides which rows are hit.")
