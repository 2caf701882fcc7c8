"""The thresholds of a network and the share of values that they hold, written down at every step."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import softplus

from clipviz.policies.activations._clip import FLOOR, Clip
from clipviz.training.explicit.thetas import plain
from clipviz.training.flat import Flat
from clipviz.training.network import bounded


class Gauges:
    """Columns for a step's row: threshold/<name> of each clip that has one, then saturated/<name>.

    A threshold per channel is three columns: its median, threshold/<name>/min and /max; a clip with two bounds
    has threshold/<name>/lo and /hi. Thresholds are those that the batch went through. Saturated is the share of
    the values flowing in that a threshold holds. Nothing here speaks to the host.

    body: of one network, or a stack of K (replicas.stack).
    """

    def __init__(self, body: Any, flat: Flat) -> None:
        clips = list(bounded(body))
        places = list(body.clips)
        self._flat = flat
        self._watched = [
            (places.index(place), body.clips[place], position, clip) for _, place, position, clip in clips
        ]
        self._columns = [_columns(name, clip) for name, _, _, clip in clips]
        self.series = (
            *(column for columns in self._columns for column in columns),
            *(f"saturated/{name}" for name, *_ in clips),
        )
        first = not any(position for _, _, position, _ in clips)
        self.plain = first and plain(flat, [clip for *_, clip in clips])

    def attach(self, row: Tensor) -> None:
        """Takes the columns (K, S) of a row that belong to `series`, and says where the thresholds stand."""
        count = sum(map(len, self._columns))
        self._thresholds = row[:, :count]
        self._saturated = row[:, count:].unbind(1)
        with torch.no_grad():
            self._say_each()

    def write(self, taps: list[Tensor]) -> None:
        """The columns of a step whose values flowed into each place as `taps` say."""
        if not self._watched:
            return
        if self.plain:
            torch.add(softplus(self._flat.thresholds), FLOOR, out=self._thresholds)
            now = self._thresholds.to(self._flat.thresholds.dtype).unbind(1)  # T x (K,)
            for (at, _, _, clip), theta, saturated in zip(self._watched, now, self._saturated, strict=True):
                saturated.copy_(clip.saturation_at(taps[at], theta))
            return
        self._say_each()
        for (at, place, position, clip), saturated in zip(self._watched, self._saturated, strict=True):
            saturated.copy_(clip.saturation(place.before(taps[at], position)))

    def _say_each(self) -> None:
        place = 0
        for _, _, _, clip in self._watched:
            for bound in clip.readable().values():
                each = [bound[..., 0]]
                if bound.shape[-1] > 1:
                    middle = bound.sort(dim=-1).values[..., (bound.shape[-1] - 1) // 2]
                    each = [
                        middle,
                        bound.amin(dim=-1),
                        bound.amax(dim=-1),
                    ]  # median() varies on CUDA: refused
                for number in each:
                    self._thresholds[:, place].copy_(number.detach())
                    place += 1


def penalties(body: Any) -> list[Callable[[], Tensor]]:
    """What the thresholds of each clip add to the loss, for those that add something."""
    return [clip.penalty for *_, clip in bounded(body) if getattr(clip.policy, "penalty", 0.0) > 0]


def _columns(name: str, clip: Clip) -> list[str]:
    """The names of the threshold columns of one clip."""
    bounds = clip.readable()
    columns = []
    for which, bound in bounds.items():
        own = f"threshold/{name}" if len(bounds) == 1 else f"threshold/{name}/{which}"
        columns += [own] if bound.shape[-1] == 1 else [own, f"{own}/min", f"{own}/max"]
    return columns
