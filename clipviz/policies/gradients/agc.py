"""Each unit's gradient, limited by its weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field

from clipviz.policies.gradients.base import Clipper, GradientClip, Spec, numbers, shared
from clipviz.policies.policy import extra

if TYPE_CHECKING:
    from torch import Tensor

    from clipviz.policies.gradients._parts import Parts


class AdaptiveGradientClip(GradientClip):
    """Limit the gradient of each unit to a share of the norm of the unit's own weights.

    A unit is a row of a weight along its first axis, the output one: a neuron's incoming weights, a filter. What
    is a vector or a number after axes of length 1 are dropped (biases, gains, thresholds, the weight of a single
    output) is one unit, as in the authors' code; timm clips the rows of the latter. The authors leave the weight
    of the last layer alone, but not its bias. Units that start at zero count as of norm epsilon and are nearly
    frozen under SGD.
    """

    title: ClassVar[str] = "AGC, by unit"
    traits: ClassVar = frozenset({"moving", "stability", "export"})
    formula: ClassVar[str] = (
        r"\hat g_i = \lambda \frac{\max(\|w_i\|, \epsilon)}{\|g_i\|} g_i \text{ where } "
        r"\frac{\|g_i\|}{\max(\|w_i\|, \epsilon)} > \lambda \text{, for each unit } i"
    )
    gradient: ClassVar[str] = r"\text{The direction is kept within a unit, not between units.}"
    use: ClassVar[str] = (
        "Deep networks without batch normalisation, large batches. A larger lambda for small batches; under Adam "
        "a limit relative to the weights says little."
    )
    reference: ClassVar[str] = (
        "Brock, De, Smith and Simonyan, High-Performance Large-Scale Image Recognition Without Normalization, "
        "arXiv:2102.06171, 2021."
    )
    turns: ClassVar[bool] = True
    widest: ClassVar = {"clipping": 1e6, "epsilon": 1.0}

    clipping: float = Field(
        0.01,
        gt=0,
        le=1e6,
        title="Lambda",
        description="Largest norm of a unit's gradient, as a multiple of the norm of its weights.",
        json_schema_extra=extra("weight norm", 0.01, 0.04, 0.16, 0.64),
    )
    epsilon: float = Field(
        1e-3,
        gt=0,
        le=1,
        title="Epsilon",
        description="Smallest weight norm that is reckoned with.",
        json_schema_extra=extra("weight norm", 1e-3, 1e-2, advanced=True),
    )
    last_layer: bool = Field(
        False,
        title="Clip the last weight",
        description="Whether the weight of the last layer is clipped too; the authors leave it alone.",
        json_schema_extra=extra("", False, True, advanced=True),
    )

    @classmethod
    def together(cls, policies: Sequence[Self], specs: Sequence[Spec], weights: Tensor) -> Clipper:
        import torch

        from clipviz.policies.gradients._parts import Parts, PartsShortener

        blocks = [_units(spec) for spec in specs]
        parts = Parts(blocks, weights.device)
        matrices = [place for place, spec in enumerate(specs) if len(spec.shape) > 1]
        last = matrices[-1] if matrices and not shared(policies, "last_layer") else None
        free = [place == last for place, (units, _) in enumerate(blocks) for _ in range(units)]
        open_ones = torch.tensor(free, device=weights.device)
        clipping = numbers(policies, "clipping", weights)
        rule = _ByWeights(parts, weights, clipping, numbers(policies, "epsilon", weights), open_ones)
        return PartsShortener(rule, parts, weights)


def _units(spec: Spec) -> tuple[int, int]:
    """(units, columns of each) of a parameter."""
    squeezed = [length for length in spec.shape if length != 1]
    return (1, spec.size) if len(squeezed) < 2 else (spec.shape[0], spec.size // spec.shape[0])


class _ByWeights:
    """free: (parts,) bool, parts that are left alone."""

    def __init__(
        self, parts: Parts, weights: Tensor, clipping: Tensor, epsilon: Tensor, free: Tensor
    ) -> None:
        self._parts, self._weights, self._free = parts, weights, free
        self._clipping, self._epsilon = clipping.unsqueeze(1), epsilon.unsqueeze(1)

    def bounds(self, norms: Tensor, before: Tensor, lost: Tensor) -> Tensor:
        sizes = self._parts.norms(self._weights)
        return (sizes.maximum(self._epsilon) * self._clipping).masked_fill_(self._free, float("inf"))

    def state(self) -> dict[str, Tensor]:
        return {}
