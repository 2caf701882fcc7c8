"""Names of stored things: sixteen hexadecimal digits, from content or at random."""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from typing import Any

PATTERN = re.compile(r"^[0-9a-f]{16}$")


def is_id(text: object) -> bool:
    """True when `text` has the shape of an id; says nothing about existence."""
    return isinstance(text, str) and PATTERN.fullmatch(text) is not None


def new_id() -> str:
    """A random id for things that are events (runs), not content."""
    return secrets.token_hex(8)


def content_id(*parts: bytes | str | Iterable[bytes]) -> str:
    """The id of some content: equal content, equal id. A part may be an iterable of byte blocks."""
    digest = hashlib.sha256()
    for part in parts:
        blocks = [part.encode()] if isinstance(part, str) else [part] if isinstance(part, bytes) else part
        for block in blocks:
            digest.update(block)
        digest.update(b"\x00")
    return digest.hexdigest()[:16]


def canonical_json(document: Any) -> str:
    """One spelling for one JSON document: sorted keys, no spaces, no NaN."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
