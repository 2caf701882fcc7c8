"""Column names that are unique, short and free of characters that deceive the eye."""

import unicodedata
from collections.abc import Sequence

LONGEST = 200


def clean(raw: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(name, title) of each column: names unique, at most 200 characters, without control or bidi characters.

    title: the name in the file where it had to be changed, else "". An empty name becomes "column 3".
    """
    found: list[tuple[str, str]] = []
    taken: set[str] = set()
    plain = [_visible(text) for text in raw]
    reserved = {name for name in plain if name}
    for position, (original, wish) in enumerate(zip(raw, plain, strict=True), start=1):
        name = wish or _free(f"column {position}", reserved | taken)
        name = _free(name, taken)
        taken.add(name)
        found.append((name, original if name != original else ""))
    return tuple(found)


def _visible(text: str) -> str:
    """Whitespace runs as one space; control, format (bidi, zero-width), surrogate and private characters gone."""
    spaced = (" " if letter.isspace() else letter for letter in text)
    kept = "".join(
        letter for letter in spaced if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return " ".join(kept.split())[:LONGEST].rstrip()


def _free(name: str, taken: set[str]) -> str:
    """`name`, or the first of "name (2)", "name (3)" ... that is not taken, at most 200 characters."""
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        ending = f" ({number})"
        candidate = name[: LONGEST - len(ending)] + ending
    return candidate
