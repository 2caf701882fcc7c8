import numpy as np
import torch

from clipviz.core.bins import ABOVE, BELOW, COUNT, EDGES, LOST
from clipviz.training import histograms, watch
from clipviz.training.assembly import assemble

from .conftest import recipe, regression


def test_counts_of_every_part_add_up() -> None:
    assembly = assemble(recipe(), regression(), "cpu")
    names = histograms.names(assembly.network, assembly.flat)
    taps = watch.taps(assembly.network, assembly.watched.inputs)
    gradient = torch.randn(assembly.flat.weights.shape[1])
    counts = np.array(histograms.look(taps, assembly.flat, gradient)).reshape(-1, COUNT)
    assert counts.size == len(names)
    sizes = [tap.numel() for tap in taps]
    sizes += 2 * [layer.shape[1] for layer in assembly.flat.layers.values()]
    assert counts.sum(axis=1).tolist() == sizes


def test_what_is_beyond_the_edges_and_not_finite_has_bins_of_its_own() -> None:
    edges = torch.tensor(EDGES, dtype=torch.float32)
    values = torch.tensor([-5000.0, 5000.0, float("nan"), float("inf"), 0.0, 0.2, 0.2])
    counts = histograms._counts(values, edges).tolist()
    assert (counts[BELOW], counts[ABOVE], counts[LOST], counts[len(EDGES) // 2]) == (1, 1, 2, 1)
    assert counts[int(np.searchsorted(EDGES, 0.2))] == 2 and sum(counts) == 7


def test_a_run_takes_about_as_many_as_it_keeps() -> None:
    steps = range(0, 100_001, 50)
    taken = [
        step
        for before, step in zip([0, *steps], steps, strict=False)
        if histograms.due(step, before, 100_000)
    ]
    assert histograms.MOST <= len(taken) <= histograms.MOST + 2
    assert taken[0] == 0 and taken[-1] == 100_000
    assert all(histograms.due(step, step - 1, 10) for step in range(1, 11))
