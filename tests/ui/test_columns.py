"""What the histogram of a column opens with."""

import pytest

from clipviz.core.profile import Histogram
from clipviz.ui.columns import lopsided


@pytest.mark.parametrize(
    ("counts", "above", "logarithmic"),
    [((95, 3, 2), 0, True), ((95, 0, 0), 5, True), ((50, 30, 20), 0, False), ((100, 0, 0), 0, False)],
)
def test_counts_are_logarithmic_where_one_bin_holds_nearly_everything(
    counts: tuple[int, ...], above: int, logarithmic: bool
) -> None:
    assert lopsided(Histogram(edges=(0, 1, 2, 3), counts=counts, above=above)) is logarithmic
