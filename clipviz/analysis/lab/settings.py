"""What can be set in the Lab, tab by tab: a slider spans the values in a field's `extra`."""

from typing import Literal

from pydantic import Field

from clipviz.analysis.lab.optimisers import Decay
from clipviz.core.recipe import Part
from clipviz.policies.policy import extra


class ActivationSettings(Part):
    """What flows into the policies."""

    source: Literal["gaussian", "column"] = Field(
        "gaussian",
        title="What flows in",
        description="A normal distribution, or a numeric column of the dataset on the table.",
        json_schema_extra=extra(""),
    )
    mean: float = Field(
        0.0,
        ge=-100,
        le=100,
        title="Mean",
        description="Middle of the Gaussian.",
        json_schema_extra=extra("", -5, 5),
    )
    std: float = Field(
        2.0, gt=0, le=100, title="Standard deviation", description="Width of the Gaussian.",
        json_schema_extra=extra("", 0.1, 5),
    )  # fmt: skip
    standardise: bool = Field(
        True,
        title="Standardised",
        description="Less its mean, over its standard deviation: what the first layer of a network sees.",
        json_schema_extra=extra(""),
    )
    reach: float = Field(
        6.0, gt=0, le=1000, title="Axis to", description="The curves go from minus this to plus this.",
        json_schema_extra=extra("", 2, 20),
    )  # fmt: skip


class TrapSettings(Part):
    """The threshold of the specimens."""

    trap: float = Field(
        1.0, ge=-100, le=100, title="θ of the three specimens", description="Move it below zero.",
        json_schema_extra=extra("", -2, 3),
    )  # fmt: skip


class GradientSettings(Part):
    """The gradient that is looked at, and the stream of gradients."""

    length: float = Field(
        5.0, ge=1e-6, le=1e6, title="Length", description="Euclid's norm of the raw gradient.",
        json_schema_extra=extra("", 0.1, 20),
    )  # fmt: skip
    angle: float = Field(
        35.0, ge=-360, le=360, title="Angle", description="Its direction, from the first axis.",
        json_schema_extra=extra("degrees", 0, 360),
    )  # fmt: skip
    usual: float = Field(
        1.0, ge=1e-6, le=1e6, title="Usual norm", description="Of the gradients that came before it.",
        json_schema_extra=extra("", 0.1, 10),
    )  # fmt: skip
    weight: float = Field(
        10.0, ge=0, le=1e6, title="Weights", description="Where both weights stand: some policies compare with them.",
        json_schema_extra=extra("", 0, 100),
    )  # fmt: skip
    steps: int = Field(
        200,
        ge=10,
        le=1000,
        title="Steps",
        description="Length of the stream.",
        json_schema_extra=extra("", 50, 500),
    )
    noise: float = Field(
        0.3, ge=0, le=3, title="Unrest", description="Standard deviation of the logarithm of the norms.",
        json_schema_extra=extra("", 0, 1),
    )  # fmt: skip
    spike: float = Field(
        20.0, ge=1e-6, le=1e6, title="Spike", description="How many times as long as usual.",
        json_schema_extra=extra("times", 1, 100),
    )  # fmt: skip
    every: int = Field(
        40,
        ge=0,
        le=1000,
        title="A spike every",
        description="0 for none.",
        json_schema_extra=extra("steps", 0, 100),
    )
    trend: float = Field(
        1.0, ge=1e-6, le=1000, title="Trend", description="How the usual norm has changed by the end.",
        json_schema_extra=extra("times", 0.1, 10),
    )  # fmt: skip
    broken: int = Field(
        90,
        ge=0,
        le=1000,
        title="Infinite at step",
        description="0 for never.",
        json_schema_extra=extra("", 0, 500),
    )
    batches: int = Field(
        4, ge=1, le=32, title="Micro-batches", description="How many make up one step.",
        json_schema_extra=extra("", 1, 16),
    )  # fmt: skip
    spread: float = Field(
        1.0, ge=0, le=20, title="Disagreement", description="How far the micro-batches lie around their mean.",
        json_schema_extra=extra("lengths of the mean", 0, 5),
    )  # fmt: skip


class OptimiserSettings(Part):
    """The surface, the steps, and the rules that would stop them."""

    surface: Literal["cliff", "ravine", "saddle", "rosenbrock", "noisy_bowl"] = Field(
        "cliff", title="Surface", description="The loss over two parameters.", json_schema_extra=extra("")
    )
    rate: float = Field(
        0.25, gt=0, le=100, title="Learning rate", description="The same for every optimiser.",
        json_schema_extra=extra("", 0.0001, 2),
    )  # fmt: skip
    decay: Decay = Field(
        "constant", title="Decay", description="How the learning rate falls.", json_schema_extra=extra("")
    )
    final: float = Field(
        0.05, gt=0, le=1, title="Falls to", description="Share of the learning rate that is left at the end.",
        json_schema_extra=extra("", 0.001, 1),
    )  # fmt: skip
    momentum: float = Field(
        0.9, ge=0, lt=1, title="Momentum", description="For Momentum and Nesterov.",
        json_schema_extra=extra("", 0, 0.99),
    )  # fmt: skip
    weight_decay: float = Field(
        0.0, ge=0, le=10, title="Weight decay", description="A pull to the origin; in AdamW apart from the averages.",
        json_schema_extra=extra("", 0, 1),
    )  # fmt: skip
    steps: int = Field(
        120, ge=1, le=1000, title="Steps", description="How far every optimiser walks.",
        json_schema_extra=extra("", 10, 300),
    )  # fmt: skip
    noise: float = Field(
        1.0, ge=0, le=100, title="Noise", description="On the noisy bowl: how much batches disagree, with heavy tails.",
        json_schema_extra=extra("", 0, 5),
    )  # fmt: skip
    bare: bool = Field(
        True,
        title="Also without the clip",
        description="The same optimisers, dotted.",
        json_schema_extra=extra(""),
    )
    patience: int = Field(
        20, ge=1, le=1000, title="Patience", description="Steps without a better loss; the window of the plateau rule.",
        json_schema_extra=extra("steps", 1, 100),
    )  # fmt: skip
    gradient: float = Field(
        0.05, gt=0, le=1000, title="Small gradient", description="A norm below this counts as arrived.",
        json_schema_extra=extra("norm", 0.0001, 1),
    )  # fmt: skip
    move: float = Field(
        0.001, gt=0, le=1000, title="Small step", description="A move shorter than this counts as standing still.",
        json_schema_extra=extra("length", 0.00001, 0.1),
    )  # fmt: skip
    growth: float = Field(
        10.0, gt=1, le=1e6, title="Diverged at", description="Multiple of the first loss that counts as diverged.",
        json_schema_extra=extra("times", 2, 1000),
    )  # fmt: skip
