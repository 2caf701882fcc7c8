"""What every gradient clip is. Torch is named for the type checker only: a form can read it without torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from clipviz.core.errors import InvalidRecipe
from clipviz.policies.policy import Policy

if TYPE_CHECKING:
    from torch import Tensor


class Spec(NamedTuple):
    """One parameter of a network and where its gradient lies in the flat buffer: columns start to start +
    size.
    """

    name: str
    layer: str
    shape: tuple[int, ...]
    start: int
    size: int


class Clipped(NamedTuple):
    """What a clip did, one value a replica, each of shape (K,).

    before, after: Euclid's norm of the gradient, whatever norm the policy limits, so that runs under different
    policies can be compared. coefficient: after / before. fired: the gradient was changed, bool; before > limit.
    skipped: the step must be left out, bool, for its gradient holds NaN or an infinity or the policy says so; of
    a gradient that is not finite the other numbers mean nothing. cosine: of the angle between the gradient
    before and after, 1 where nothing turned it.
    """

    before: Tensor
    after: Tensor
    coefficient: Tensor
    fired: Tensor
    skipped: Tensor
    cosine: Tensor


class Clipper(ABC):
    """A built gradient clip for K replicas, which share nothing but its code.

    limit: (K,) float32 on the device, always the same memory: Euclid's length from which on a gradient of the
    direction just seen is cut (or its step left out); NaN where there is none, infinite where nothing is cut
    yet. It is a line to draw across `before`. adapts: whether limit moves from step to step. turns: whether the
    direction of a gradient can change.
    """

    limit: Tensor
    adapts: bool = False
    turns: bool = False

    @abstractmethod
    def __call__(self, gradient: Tensor, norm: Tensor | None = None) -> Clipped:
        """Clips gradients (K, P) in place, each replica by itself, without a word to the host.

        norm: (K,) float64, Euclid's of each, where it is known already.
        """

    def state(self) -> dict[str, Tensor]:
        """The live state tensors by name, (K, ...), changed in place only, for a checkpoint to copy out of and
        into. A step whose gradient is not finite leaves no trace in them.
        """
        return {}


class GradientClip(Policy, ABC):
    """A bound on the gradient of one step, over all parameters of a network.

    turns: whether it can change the direction of the gradient, not only its length.
    """

    turns: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def together(cls, policies: Sequence[Self], specs: Sequence[Spec], weights: Tensor) -> Clipper:
        """A clipper for flat gradients (K, P) of K replicas, the k-th under policies[k].

        specs: which columns are whose. weights: (K, P), the live flat weights, on the device of the gradients.
        Raises InvalidRecipe where the policies differ in more than numbers.
        """

    def build(self, specs: Sequence[Spec], weights: Tensor) -> Clipper:
        """A clipper for K replicas that are all under this policy; weights (K, P)."""
        return self.together([self] * len(weights), specs, weights)

    def check_scales(self, what: str) -> None:
        """Raises InvalidRecipe where the optimiser's step should be scaled, and this clip has no one coefficient."""
        if what == "step" and self.turns:
            raise InvalidRecipe(
                "Only a gradient clip that keeps the direction can scale the step (training.clip_scales)",
                self.title,
                "Set training.clip_scales to gradient, or take the global norm",
            )


def numbers(policies: Sequence[GradientClip], name: str, weights: Tensor) -> Tensor:
    """A field of each replica's policy, (K,) float64 on the device of the weights; infinite where it is None."""
    values = [float("inf") if value is None else value for value in (getattr(p, name) for p in policies)]
    import torch

    return torch.tensor(values, dtype=torch.float64, device=weights.device)


def shared(policies: Sequence[GradientClip], name: str) -> Any:
    """A field that all replicas of one program must have in common; raises InvalidRecipe where they have not."""
    values = list(dict.fromkeys(getattr(policy, name) for policy in policies))
    if len(values) > 1:
        raise InvalidRecipe(
            f"Replicas that train together must have the same gradient.{name}",
            ", ".join(repr(value) for value in values),
            "Put them into runs of their own",
        )
    return values[0]


def full(weights: Tensor, value: float, *more: int) -> Tensor:
    """(K, *more) float64 on the device of weights (K, P), the same number everywhere."""
    import torch

    return torch.full((len(weights), *more), value, dtype=torch.float64, device=weights.device)


def remember(old: Tensor, new: Tensor, lost: Tensor) -> None:
    """Replaces old (K, ...) by new in place, but for replicas whose gradient is lost (K,)."""
    old.copy_(old.where(lost.view(-1, *[1] * (old.dim() - 1)), new))


def euclid(gradient: Tensor, norm: Tensor | None = None) -> Tensor:
    """Euclid's norm of gradients (K, P), (K,) float64: squares of float32 overflow at entries of 2e19. `norm`, where it
    is known already."""
    import torch

    return torch.linalg.vector_norm(gradient, dim=1, dtype=torch.float64) if norm is None else norm


def not_finite(norm: Tensor) -> Tensor:
    """Whether norms (K,) of gradients are NaN or infinite, bool; half the kernels of isfinite."""
    return (norm < float("inf")).logical_not_()
