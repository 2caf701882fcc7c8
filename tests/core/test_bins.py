import numpy as np

from clipviz.core.bins import ABOVE, BELOW, COUNT, EDGES, LOST, columns, layers


def test_edges_are_ascending_and_the_same_on_both_sides() -> None:
    assert (np.diff(EDGES) > 0).all()
    np.testing.assert_allclose(EDGES, -EDGES[::-1])
    assert (len(EDGES) + 2, 0, COUNT - 2, COUNT - 1) == (COUNT, BELOW, ABOVE, LOST)


def test_layers_are_told_from_their_columns_whatever_their_names() -> None:
    names = (*columns("weight", "layer 1"), *columns("weight", "a/b"), *columns("gradient", "layer 1"))
    assert layers(names, "weight") == ("layer 1", "a/b")
    assert layers(names, "activation") == ()
