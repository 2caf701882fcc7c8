"""The order in which the fields of a record are read."""

from pydantic import BaseModel

from clipviz.core.fields import own_first


class Shared(BaseModel):
    sides: str = "both"
    k: float = 1.0


class Own(Shared):
    reach: float = 2.0
    k: float = 3.0


def test_its_own_fields_come_first_and_none_is_lost() -> None:
    assert list(own_first(Own)) == ["reach", "k", "sides"]
    assert own_first(Own)["k"].default == 3.0
    assert own_first(Own).keys() == Own.model_fields.keys()
