"""Specimen: a gate whose threshold never learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import ActivationClip, Knob
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class StuckGate(ActivationClip):
    """Specimen, not for use: a gate whose threshold never learns.

    The comparison says yes or no, and no gradient passes through that: theta.grad is None. σ(z) > ½ only says
    z > 0, so that any theta > 0 is the same gate; where it is closed, m = 0 gives −0, not −1e9, and a softmax
    after it leaks. Any theta <= 0 turns every positive value into −1e9. It even hides NaN. The learned gate
    multiplies by σ instead.
    """

    title: ClassVar[str] = "Gate that never learns (specimen)"
    formula: ClassVar[str] = (
        r"y = x \text{ where } \sigma(\theta m) > \tfrac12 \text{, else } -10^9 m; \quad m = 1[x > "
        r"0]"
    )
    gradient: ClassVar[str] = r"\frac{\partial y}{\partial \theta} \text{ does not exist}"
    use: ClassVar[str] = "Never; to see why a threshold inside a comparison cannot learn."
    reference: ClassVar[str] = "Seen in blog posts on learned masks; there is no paper."
    idempotent: ClassVar[bool] = False
    teaching: ClassVar[bool] = True
    thresholds: ClassVar[tuple[str, ...]] = ("theta",)

    start: float = Field(
        2.0,
        ge=-1e6,
        le=1e6,
        title="Start",
        description="theta, which stays where it starts; at 0 and below the gate destroys what it should keep.",
        json_schema_extra=extra("", -2.0, 2.0),
    )

    def knobs(self) -> dict[str, Knob]:
        return {"theta": Knob(self.start, learned=True, positive=False)}

    def apply(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        return _gate(values, (values > 0).to(values.dtype), theta)

    def beyond(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        return (theta * (values > 0)).sigmoid() <= 0.5

    def kinks(self, **thresholds: Any) -> dict[float, float]:
        return {0.0: 0.0}


def _gate(values: Tensor, mask: Tensor, theta: Tensor) -> Tensor:
    return values.where((theta * mask).sigmoid() > 0.5, -1e9 * mask)
