"""What a command line gives as text: a field and its value, or a field and several values."""

import json
from typing import Any

from clipviz.core.errors import InvalidRecipe


def values(text: str) -> tuple[str, list[Any]]:
    """A field and its values: a JSON list, or parts between commas, each JSON or else a word."""
    path, equals, listed = text.partition("=")
    if not equals or not path or not listed:
        raise InvalidRecipe(
            "What varies is written PATH=A,B,C", repr(text), "Write it like gradient.max_norm=0.1,1,10"
        )
    whole = _json_or_word(listed)
    parts = whole if isinstance(whole, list) else [_json_or_word(part.strip()) for part in listed.split(",")]
    return path.strip(), parts


def assignment(text: str) -> tuple[str, Any]:
    path, equals, value = text.partition("=")
    if not equals or not path:
        raise InvalidRecipe("--set takes PATH=VALUE", repr(text), "Write it like gradient.max_norm=0.5")
    return path, _json_or_word(value)


def _json_or_word(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
