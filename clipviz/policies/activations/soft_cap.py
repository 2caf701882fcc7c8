"""The soft cap of Gemma 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clipviz.policies.activations.base import Knob, Symmetric
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor


class SoftCap(Symmetric):
    """Bend values into (−cap, cap) with a chosen cap.

    The slope is never quite 0, and near 0 values pass unchanged. Put it before a mask of −inf is added, not
    after. In bfloat16 it reaches the cap itself early (x = 120, cap = 30).
    """

    title: ClassVar[str] = "Soft cap"
    formula: ClassVar[str] = r"y = c \tanh(x / c)"
    gradient: ClassVar[str] = r"\frac{\partial y}{\partial x} = 1 - (y / c)^2"
    use: ClassVar[str] = "On logits, at the output: it keeps a classifier from growing ever surer."
    reference: ClassVar[str] = (
        "Gemma Team, Gemma 2, arXiv:2408.00118, 2024: 30 on the final logits, 50 on those of attention."
    )
    traits: ClassVar = frozenset({"control", "fixed", "stability", "export"})
    widest: ClassVar = {"cap": 1e6}
    idempotent: ClassVar[bool] = False

    cap: float = Field(
        30.0,
        gt=0,
        le=1e6,
        title="Cap",
        description="Absolute value that no output reaches.",
        json_schema_extra=extra("layer output", 5.0, 30.0, 50.0),
    )

    def knobs(self) -> dict[str, Knob]:
        return {"theta": Knob(self.cap)}

    def apply(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        return theta * (values / theta).tanh()

    def beyond(self, values: Tensor, theta: Tensor, **numbers: Any) -> Tensor:
        return values.abs() > theta * 1.8317808230648232  # artanh(.95)
