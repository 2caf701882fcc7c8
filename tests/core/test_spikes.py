import math

from clipviz.core.spikes import Spikes


def test_a_norm_six_times_the_usual_is_a_spike_whatever_the_blocks() -> None:
    norms = [1.0] * 50 + [7.0] + [1.0] * 30 + [math.nan, 6.5] + [1.0] * 5
    assert [place for place, _ in Spikes().find(norms)] == [50, 82]
    parts = Spikes()
    first, second = parts.find(norms[:60]), parts.find(norms[60:])
    assert [place for place, _ in first] + [60 + place for place, _ in second] == [50, 82]


def test_nothing_stands_out_before_the_usual_is_known() -> None:
    assert Spikes().find([1.0] * 19 + [100.0]) == []
