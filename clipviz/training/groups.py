"""Which columns of the flat buffers move at which rate."""

from clipviz.training.flat import Flat
from clipviz.training.optimisers.base import Group


def groups(flat: Flat, decays: bool) -> list[Group]:
    """Weights and thresholds apart, those by rate; together, for one kernel less, where nothing tells them apart."""
    if all(isinstance(rate, float) and rate == 1.0 for rate, _, _ in flat.rates) and not (
        flat.rates and decays
    ):
        return [Group(flat.weights, flat.gradient)]
    return [
        Group(flat.weights[:, : flat.split], flat.gradient[:, : flat.split]),
        *(
            Group(flat.weights[:, start:end], flat.gradient[:, start:end], rate, decays=False)
            for rate, start, end in flat.rates
        ),
    ]
