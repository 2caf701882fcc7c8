"""Settings other than those a policy comes with: each value worth trying of each field, one field at a time."""

from typing import Any, Literal, get_args, get_origin


def varied(cls: Any, **given: Any) -> list[dict[str, Any]]:
    """given: fields that always have these values. A choice left to the policy (None) is left out."""
    found = [dict(given)]
    for field, info in cls.model_fields.items():
        if get_origin(info.annotation) is Literal:
            values = list(get_args(info.annotation))
        elif info.annotation is bool:
            values = [False, True]
        else:
            values = list(info.json_schema_extra["sweep"])
        usual = given.get(field, info.get_default(call_default_factory=True))
        found += [{**given, field: value} for value in values if value not in (None, usual)]
    return found
