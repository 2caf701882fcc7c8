import pytest
from pydantic.fields import FieldInfo

from clipviz.analysis.lab import settings
from clipviz.core.discovery import discover
from clipviz.ui import lab_spans

NUMBERS = [
    pytest.param(cls, name, id=f"{family}-{id}-{name}")
    for family in ("activations", "gradients")
    for id, cls in discover(f"clipviz.policies.{family}").items()
    for name, info in cls.model_fields.items()
    if info.annotation in (int, float, int | None, float | None)
]
OWN = [
    pytest.param(cls, name, id=f"{cls.__name__}-{name}")
    for cls in (settings.ActivationSettings, settings.GradientSettings, settings.OptimiserSettings)
    for name, info in cls.model_fields.items()
    if info.annotation in (int, float)
]


def values(info: FieldInfo) -> list[float]:
    return [value for value in (*info.json_schema_extra["sweep"], info.default) if value is not None]


@pytest.mark.parametrize(("cls", "name"), NUMBERS)
def test_a_slider_spans_what_is_worth_sweeping_and_nothing_forbidden(cls: type, name: str) -> None:
    info = cls.model_fields[name]
    low, high = lab_spans.span(info, exact=False)
    assert low < high
    assert low <= min(values(info)) and max(values(info)) <= high
    whole = info.annotation in (int, int | None)
    for end in (low, high):
        cls(**{name: round(end) if whole else end})
    if low > 0 and high / low > lab_spans.WIDE and not whole:
        rungs = lab_spans.rungs(low, high, info)
        assert rungs == sorted(set(rungs)) and len(rungs) > 10
        assert set(map(float, values(info))) <= set(rungs)


@pytest.mark.parametrize(("cls", "name"), OWN)
def test_the_labs_own_settings_span_their_sweep(cls: type, name: str) -> None:
    info = cls.model_fields[name]
    low, high = lab_spans.span(info, exact=True)
    assert low <= info.default <= high and (low, high) == (min(values(info)), max(values(info)))
    cls(**{name: low}), cls(**{name: high})
