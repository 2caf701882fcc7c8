from typing import Any, Literal

import pytest
from pydantic import Field, ValidationError
from pydantic.fields import FieldInfo

from clipviz.ui import link


def field(annotation: Any, **rules: Any) -> FieldInfo:
    return FieldInfo.from_annotated_attribute(annotation, Field(**rules))


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        (float, "2.5", 2.5),
        (float | None, "", None),
        (float | None, "3", 3.0),
        (int, "7", 7),
        (bool, "true", True),
        (Literal["2", "1", "inf"], "2", "2"),
        (Literal["2", "1", "inf"], "inf", "inf"),
        (Literal[0, 1], "1", 1),
        (str, "", ""),
    ],
)
def test_what_was_written_is_read_back(annotation: Any, text: str, value: Any) -> None:
    assert link.read(text, field(annotation, default=None)) == value
    assert link._text(value) == (text if value != 3.0 else "3")


@pytest.mark.parametrize("text", ["", "wide", "nan", "inf", "-1", "11", "1e999"])
def test_what_is_malformed_or_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        link.read(text, field(float, default=1.0, gt=0, le=10))


@pytest.mark.parametrize("annotation", [float, int, Literal[0, 1]])
def test_thousands_of_digits_are_refused_and_no_crash(annotation: Any) -> None:
    with pytest.raises(ValidationError):
        link.read("9" * 5000, field(annotation, default=1))
