"""The order in which the fields of a record are read."""

from inspect import get_annotations

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def own_first(cls: type[BaseModel]) -> dict[str, FieldInfo]:
    """Fields by name: those that a class declares itself, then what it shares with others of its kind."""
    declared = (name for kind in cls.__mro__ for name in get_annotations(kind))
    names = dict.fromkeys([*declared, *cls.model_fields])
    return {name: cls.model_fields[name] for name in names if name in cls.model_fields}
