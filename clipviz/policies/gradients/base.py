"""What every gradient clip is. Torch is named for the type checker only: a form can read it without torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

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

    before, after: norm of the gradient, in the policy's own norm. coefficient: after / before. fired: before
    > limit, bool (at exactly the limit nothing is cut). skipped: the gradient holds NaN or an infinity, bool;
    the step must be left out, and the other numbers of that replica mean nothing but that.
    """

    before: Tensor
    after: Tensor
    coefficient: Tensor
    fired: Tensor
    skipped: Tensor


class Clipper(Protocol):
    """A built gradient clip. limit: (K,) float32 on the device, NaN where there is none."""

    limit: Tensor

    def __call__(self, gradient: Tensor) -> Clipped:
        """Clips gradients (K, P) in place, each replica by itself, without a word to the host."""


class GradientClip(Policy, ABC):
    """A bound on the gradient of one step, over all parameters of a network."""

    @abstractmethod
    def build(self, specs: Sequence[Spec], replicas: int, device: str) -> Clipper:
        """A clipper for flat gradients (replicas, P) on a device; specs say which columns are whose."""


def not_finite(norm: Tensor) -> Tensor:
    """Whether norms (K,) of gradients are NaN or infinite, bool; half the kernels of isfinite."""
    return (norm < float("inf")).logical_not_()
