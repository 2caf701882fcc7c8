"""What is derived from telemetry before it is drawn."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clipviz.runs.derived import WINDOW, moving_share, non_finite

flags = st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=1, max_size=260)


@given(flags, st.integers(0, 260))
def test_share_is_the_mean_of_the_known_steps_in_the_window_however_cut(given: list[float], cut: int) -> None:
    fired = np.array(given, np.float32)
    cut = min(cut, len(fired))
    share = np.concatenate(
        [moving_share(fired[:cut], fired[:0]), moving_share(fired[cut:], fired[:cut][1 - WINDOW :])]
    )
    for at in range(len(fired)):
        window = fired[max(0, at + 1 - WINDOW) : at + 1]
        known = window[np.isfinite(window)]
        if len(known):
            assert np.isclose(share[at], known.mean())
        else:
            assert np.isnan(share[at])


def test_nan_is_a_finding_only_where_every_row_is_measured() -> None:
    names = ("loss", "saturated/layer 1", "gradient_limit")
    values = np.array([[np.nan, np.nan, np.inf], [1.0, -np.inf, np.nan]], np.float32)
    assert non_finite("step", names, np.array([4, 5]), values) == [
        (4, "loss", "nan"),
        (5, "saturated/layer 1", "-inf"),
    ]
