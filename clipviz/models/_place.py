"""What the values at one place of a network pass through."""

from collections.abc import Iterator, Sequence

from torch import Tensor, nn

from clipviz.core.discovery import discover
from clipviz.models.base import Nonlinearity
from clipviz.policies.activations._clip import Clip
from clipviz.policies.activations.base import ActivationClip
from clipviz.policies.activations.none import NoClip


class Place(nn.Module):
    """A nonlinearity, then any number of clips; values of any shape, which it keeps.

    function: the nonlinearity, None where there is none. chain: the clips, one after the other.
    """

    def __init__(
        self,
        policies: Sequence[ActivationClip],
        channels: int,
        axis: int = -1,
        nonlinearity: Nonlinearity = "none",
    ) -> None:
        super().__init__()
        policies = [policy for policy in policies if not isinstance(policy, NoClip)]
        if policies and policies[0].role == "function":
            function: ActivationClip | None = policies.pop(0)
        elif nonlinearity == "none":
            function = None
        else:
            function = discover("clipviz.policies.activations")[nonlinearity]()
        self.function = function.build(channels, axis) if function else None
        self.chain = nn.ModuleList(policy.build(channels, axis) for policy in policies)
        self._bounds = tuple(self.chain)

    def bounded(self) -> Iterator[tuple[int, Clip]]:
        """The clips that have thresholds, with their positions in the chain."""
        for position, clip in enumerate(self.chain):
            if isinstance(clip, Clip) and clip.policy.thresholds:
                yield position, clip

    def before(self, tap: Tensor, position: int) -> Tensor:
        """What flows into the clip at a position of the chain, from what flows into the first."""
        for clip in self._bounds[:position]:
            tap = clip(tap)
        return tap

    def forward(self, values: Tensor, taps: list[Tensor] | None = None) -> Tensor:
        if self.function is not None:
            values = self.function(values)
        if taps is not None:
            taps.append(values)
        for clip in self._bounds:
            values = clip(values)
        return values
