"""Which series runs measure, and those of a panel among them."""

from collections.abc import Mapping, Sequence
from typing import Any

from clipviz.charts.panel import Series
from clipviz.core.run import Stream

Names = Mapping[Stream, Sequence[str]]
"""The columns of each stream, as a run declares them."""


class Has:
    """Which series a run has, and those of a panel among them."""

    def __init__(self, names: Names) -> None:
        self.names: Mapping[Stream, tuple[str, ...]] = {
            stream: tuple(columns) for stream, columns in names.items()
        }

    def of(self, stream: Stream) -> tuple[str, ...]:
        return self.names.get(stream, ())

    def series(self, stream: Stream, name: str, label: str, colour: str, **more: Any) -> tuple[Series, ...]:
        known = name in self.of(stream) or (name == "clipped_share" and "fired" in self.of("step"))
        return (Series(stream, name, label, colour, **more),) if known else ()

    def layers(self, stream: Stream, quantity: str) -> list[str]:
        """The layers for which `quantity/<layer>` is measured, in the order of the network."""
        found = (name.split("/")[1] for name in self.of(stream) if name.startswith(f"{quantity}/"))
        return list(dict.fromkeys(found))
