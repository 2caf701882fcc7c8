"""Sorted values that may lie in several parts, asked as if they were one sorted array."""

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clipviz.datasets.input_columns import forget

Floats = NDArray[np.float64]
BLOCK = 1 << 16
LOOK = 8 * BLOCK
"""Values of a map of a file that stay in memory while all of them are looked at, one block after the other."""


class Ordered:
    """Finite values, ascending, in parts that are each ascending; a part may be memory-mapped.

    Whatever is asked has the same answer, to the last bit, for one part and for the same values in many parts: ranks
    add up over the parts, and a value of a given rank is found by bisection over ranks. No part is copied.
    """

    def __init__(self, *parts: Floats) -> None:
        self.parts = tuple(part for part in parts if len(part))
        self._length = sum(len(part) for part in self.parts)

    def __len__(self) -> int:
        return self._length

    @property
    def least(self) -> float:
        return float(min(part[0] for part in self.parts))

    @property
    def most(self) -> float:
        return float(max(part[-1] for part in self.parts))

    def rank(self, value: float, side: Literal["left", "right"] = "left") -> int:
        """How many values are less than `value` (left), or not greater (right)."""
        return sum(int(np.searchsorted(part, value, side)) for part in self.parts)

    def ranks(self, values: Floats, side: Literal["left", "right"] = "left") -> NDArray[np.int64]:
        """(B,) ranks of (B,) values."""
        found = np.zeros(len(values), dtype=np.int64)
        for part in self.parts:
            found += np.searchsorted(part, values, side)
        return found

    def at(self, place: int) -> float:
        """The value of rank `place`, from 0."""
        if len(self.parts) == 1:
            return float(self.parts[0][place])
        return smallest(lambda value: self.rank(value, "right") > place, self.least, self.most)

    def quantile(self, q: float) -> float:
        """The q-quantile, linear between neighbours (numpy's default)."""
        place = q * (self._length - 1)
        low = int(place)
        share = place - low
        left = self.at(low)
        right = self.at(min(low + 1, self._length - 1))
        return left if left == right else left * (1 - share) + right * share

    def highest(self, count: int) -> Floats:
        """The `count` greatest values, ascending."""
        return np.sort(np.concatenate([part[-count:] for part in self.parts]))[-count:]

    def lowest(self, count: int) -> Floats:
        """The `count` least values, ascending."""
        return np.sort(np.concatenate([part[:count] for part in self.parts]))[:count]

    def blocks(self) -> Iterator[Floats]:
        """All values in ascending blocks of 65,536; the blocks do not depend on how the parts were cut."""
        if len(self.parts) == 1:
            whole = self.parts[0]
            for start in range(0, self._length, BLOCK):
                yield np.asarray(whole[start : start + BLOCK])
                if start % LOOK == 0:
                    forget(whole)
            return
        before = [0] * len(self.parts)
        for end in range(BLOCK, self._length + BLOCK, BLOCK):
            after = self._cuts(min(end, self._length))
            slices = [part[low:high] for part, low, high in zip(self.parts, before, after, strict=True)]
            yield np.sort(np.concatenate(slices))
            before = after

    def distance(self, centre: float, place: int) -> float:
        """The value of rank `place` among |x - centre| / 2; halves, so that the extremes of float64 do not overflow."""
        sides: list[tuple[int, Callable[[int], float]]] = []
        for part in self.parts:
            cut = int(np.searchsorted(part, centre))
            sides.append((cut, _falling(part, cut, centre)))
            sides.append((len(part) - cut, _rising(part, cut, centre)))

        def reached(value: float) -> bool:
            return sum(bisect_right(range(n), value, key=far) for n, far in sides) > place

        return smallest(reached, 0.0, max(abs(self.least / 2 - centre / 2), abs(self.most / 2 - centre / 2)))

    def _cuts(self, rank: int) -> list[int]:
        """How many values of each part are among the first `rank`; equal values are taken from the first parts."""
        if rank >= self._length:
            return [len(part) for part in self.parts]
        value = self.at(rank)
        cuts = [int(np.searchsorted(part, value, "left")) for part in self.parts]
        spare = rank - sum(cuts)
        for place, part in enumerate(self.parts):
            taken = min(spare, int(np.searchsorted(part, value, "right")) - cuts[place])
            cuts[place] += taken
            spare -= taken
        return cuts


def smallest(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The smallest float64 in [low, high] for which `holds`, which is false up to it and true from it on."""
    first, last = _code(low), _code(high)
    while first < last:
        middle = (first + last) // 2
        if holds(_float(middle)):
            last = middle
        else:
            first = middle + 1
    return _float(first)


def _falling(part: Floats, cut: int, centre: float) -> Callable[[int], float]:
    return lambda place: float(centre / 2 - part[cut - 1 - place] / 2)


def _rising(part: Floats, cut: int, centre: float) -> Callable[[int], float]:
    return lambda place: float(part[cut + place] / 2 - centre / 2)


def _code(value: float) -> int:
    """Floats as whole numbers in the same order: neighbours differ by one."""
    bits: int = struct.unpack("<q", struct.pack("<d", value))[0]
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)


def _float(code: int) -> float:
    bits = code if code >= 0 else (-code) - (1 << 63)
    value: float = struct.unpack("<d", struct.pack("<q", bits))[0]
    return value
