import math

from clipviz.training.machine import NAMES, Meter


def test_time_a_step_and_memory() -> None:
    meter = Meter("cpu")
    first = dict(zip(NAMES, meter.read(0), strict=True))
    assert math.isnan(first["step_ms"]) and math.isnan(first["device_mb"])
    assert 10 < first["host_mb"] < 100_000
    meter.start(100)
    assert 0 <= meter.read(110)[0] < 1000
