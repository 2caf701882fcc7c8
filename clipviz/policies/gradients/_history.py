"""The last norms of each replica, on the device."""

import torch
from torch import Tensor


class History:
    """A ring of the last N numbers of each of K replicas, (K, N) float64, infinite where none has come yet.

    Numbers that are lost leave no trace. count: (K,) int64, how many have ever come.
    """

    def __init__(self, replicas: int, length: int, device: torch.device) -> None:
        self._ring = torch.full((replicas, length), float("inf"), dtype=torch.float64, device=device)
        self.count = torch.zeros(replicas, dtype=torch.int64, device=device)

    def state(self) -> dict[str, Tensor]:
        return {"history": self._ring, "count": self.count}

    def add(self, values: Tensor, lost: Tensor) -> None:
        """Takes in one number (K,) of each replica."""
        place = self.count.remainder(self._ring.shape[1]).unsqueeze(1)  # (K, 1)
        old = self._ring.gather(1, place)
        new = torch.where(lost.unsqueeze(1), old, values.unsqueeze(1))
        self._ring.scatter_(1, place, new)
        self.count.add_(lost.logical_not())
        self._replaced(old, new)

    def _replaced(self, old: Tensor, new: Tensor) -> None:
        """Told which number (K, 1) has taken the place of which."""

    def moments(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation (ddof 1) of each replica's numbers, (K,) each; NaN of fewer than two."""
        there = self._ring.isfinite()
        many = there.sum(dim=1)
        mean = self._ring.where(there, 0.0).sum(dim=1) / many
        apart = (self._ring - mean.unsqueeze(1)).where(there, 0.0)
        return mean, (apart.square().sum(dim=1) / (many - 1)).sqrt()


class Ordered(History):
    """A history that also keeps its numbers in order."""

    def __init__(self, replicas: int, length: int, device: torch.device) -> None:
        super().__init__(replicas, length, device)
        self._ordered, self._places = self._ring.clone(), torch.arange(length, device=device)

    def state(self) -> dict[str, Tensor]:
        return super().state() | {"ordered": self._ordered}

    def _replaced(self, old: Tensor, new: Tensor) -> None:
        """What lies between the old number and where the new one belongs moves by one place: a tenth of the time that
        sorting takes."""
        left = torch.searchsorted(self._ordered, old)
        into = torch.searchsorted(self._ordered, new) - (old < new).to(torch.int64)
        source = self._places - (self._places > into).to(torch.int64)
        source = (source + (source >= left)).clamp_(max=self._ordered.shape[1] - 1)
        self._ordered.copy_(self._ordered.gather(1, source).scatter_(1, into, new))

    def quantile(self, share: Tensor) -> Tensor:
        """The quantile at share (K,) from 0 to 1 of each replica's numbers, interpolated linearly; NaN of none."""
        last = self.count.clamp(max=self._ring.shape[1]) - 1
        place = share * last.clamp(min=0)
        below = place.floor().to(torch.int64)
        lower = self._ordered.gather(1, below.unsqueeze(1)).squeeze(1)
        upper = self._ordered.gather(1, torch.minimum(below + 1, last.clamp(min=0)).unsqueeze(1)).squeeze(1)
        return lower + (place - below) * (upper - lower)
