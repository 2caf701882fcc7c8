"""What every activation policy is. Written with tensor methods: a form can read it without torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from pydantic import Field

from clipviz.policies.policy import Policy, extra

if TYPE_CHECKING:
    from torch import Tensor, nn

LEAST_START = 1e-5


class Knob(NamedTuple):
    """One number that a formula takes: a parameter where it is learned, else a buffer.

    positive: a learned number is softplus(raw) + 1e-6, whatever the optimiser does; else it is raw itself.
    """

    start: float
    learned: bool = False
    positive: bool = True


class ActivationClip(Policy, ABC):
    """What happens to each value that leaves a layer.

    role: a "clip" follows the layer's nonlinearity, a "function" stands in its place. thresholds: the numbers of
    `apply` that are bounds. surrogate: whether autograd is told another slope than that of the curve, on purpose.
    vectors: whether it looks at all channels of a place at once; then `apply` is told their `axis` too.
    explicit: whether `ahead` and `back` write out both passes, for values with one number of each kind.
    """

    role: ClassVar[Literal["clip", "function"]] = "clip"
    thresholds: ClassVar[tuple[str, ...]] = ()
    surrogate: ClassVar[bool] = False
    vectors: ClassVar[bool] = False
    explicit: ClassVar[bool] = False

    @abstractmethod
    def apply(self, *values: Any, **numbers: Any) -> Tensor:
        """Values of any shape through the policy; the numbers are tensors that broadcast with them."""

    def trained(self, *values: Any, **numbers: Any) -> Tensor:
        """What `apply` computes, for training many networks at once: where their backward pass can be had for less,
        a policy says so here. Values (K, B, ...), numbers (K, 1, ...)."""
        return self.apply(*values, **numbers)

    def ahead(self, *given: Any, **numbers: Any) -> None:
        """Given (values, said, kept), all of one shape: puts what `apply` says into `said`, and what `back` needs into
        `kept`. A function (see role) may find that the three are one.
        """
        raise NotImplementedError(f"{type(self).__name__} leaves its backward pass to autograd")

    def back(self, *given: Any, **numbers: Any) -> Tensor | None:
        """Given (slope, values, said, kept): turns ∂loss/∂said into ∂loss/∂values, in place; returns ∂loss/∂theta in
        the shape of theta, None where none is learned. What is in `said` and `kept` may be overwritten.
        """
        raise NotImplementedError(f"{type(self).__name__} leaves its backward pass to autograd")

    def knobs(self) -> dict[str, Knob]:
        """The numbers that a module of this policy holds, by name."""
        return {}

    def arrange(self, numbers: dict[str, Tensor]) -> dict[str, Tensor]:
        """From the numbers that a module holds to those that the formula takes."""
        return numbers

    def readable(self, numbers: dict[str, Tensor]) -> dict[str, Tensor]:
        """The bounds that a person reads off, by name, in units of the layer's output."""
        return {name: numbers[name] for name in self.thresholds}

    def beyond(self, *values: Any, **numbers: Any) -> Tensor:
        """Which values are held by a threshold: bool, or 1 and 0 in their dtype where that is had for less."""
        raise NotImplementedError(f"{type(self).__name__} has no threshold")

    def kinks(self, *none: Any, **thresholds: Any) -> dict[float, float]:
        """Where the curve has a corner or a jump, and the slope that autograd states exactly there."""
        return {}

    def build(self, channels: int, axis: int = -1) -> nn.Module:
        """A module for values whose `axis` has `channels` entries; it keeps shape and dtype."""
        from clipviz.policies.activations._clip import Clip

        return Clip(self, channels, axis)


class Symmetric(ActivationClip):
    """A clip at ±theta, theta > 0."""

    thresholds: ClassVar[tuple[str, ...]] = ("theta",)

    def beyond(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        return values.abs().gt_(theta)


class Learned(ActivationClip):
    """A policy whose numbers are learned: one for a whole layer, or one for each channel."""

    per: Literal["layer", "channel"] = Field(
        "layer",
        title="One per",
        description="A number for the whole layer, or one for each of its channels (noisier: each sees less).",
        json_schema_extra=extra("", "layer", "channel", advanced=True),
    )
    threshold_rate: float = Field(
        1.0,
        gt=0,
        le=1000,
        title="Threshold rate",
        description="Learning rate of what is learned here, as a multiple of that of the weights.",
        json_schema_extra=extra("times", 0.1, 1.0, 10.0, advanced=True),
    )
    penalty: float = Field(
        0.0,
        ge=0,
        le=1000,
        title="Threshold penalty",
        description="Adds ½ · penalty · theta² to the loss: weight decay on the threshold itself, not on its raw form.",
        json_schema_extra=extra("loss per squared output", 0.0, 0.0001, 0.001, 0.01, advanced=True),
    )


class Measured(Learned):
    """A policy whose start is given, or measured on one batch of training rows."""

    start: float | None

    @abstractmethod
    def measure(self, values: Tensor) -> dict[str, Tensor]:
        """Starts of learned numbers from values (N, C) that flow in: (C,) each, maybe 0 or not finite."""

    @property
    @abstractmethod
    def measured(self) -> str:
        """What is measured, in words, such as "quantile 0.999 of |h| in one batch"."""


class LearnedClip(Measured):
    """Learned thresholds that start at a quantile."""

    start: float | None = Field(
        None,
        gt=LEAST_START,
        le=1e6,
        title="Start",
        description="First threshold of every layer; empty measures it on one batch of training rows.",
        json_schema_extra=extra("layer output", None, 1.0, 3.0, 6.0, advanced=True),
    )
    start_quantile: float = Field(
        0.999,
        gt=0,
        le=1,
        title="Start quantile",
        description="Where the start is measured: this quantile of |h| in one batch of training rows.",
        json_schema_extra=extra("share of values", 0.9, 0.99, 0.999, advanced=True),
    )
    thresholds: ClassVar[tuple[str, ...]] = ("theta",)

    def knobs(self) -> dict[str, Knob]:
        return {"theta": Knob(1.0 if self.start is None else self.start, learned=True)}

    def measure(self, values: Tensor) -> dict[str, Tensor]:
        return {"theta": quantile(values.abs(), self.start_quantile)}

    @property
    def measured(self) -> str:
        return f"quantile {self.start_quantile:g} of |h| in one batch"


class LearnedSymmetric(LearnedClip, Symmetric):
    """A clip at ±theta with a learned theta > 0."""


class ActivationFunction(ActivationClip):
    """A nonlinearity; it stands in the place of the model's own."""

    role: ClassVar[Literal["clip", "function"]] = "function"


def quantile(values: Tensor, share: float) -> Tensor:
    """A quantile of each column of (N, C), (C,), by linear interpolation; NaN where it is not to be had."""
    import numpy as np

    with np.errstate(invalid="ignore"):
        found = np.quantile(values.detach().cpu().numpy(), share, axis=0)
    return values.new_tensor(found)
