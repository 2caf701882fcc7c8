"""A draft in the address bar: what survives a reload, a restarted server, and being sent to a teammate."""

import base64
import json
import zlib

from clipviz.core.dataset import Dataset
from clipviz.core.errors import ClipvizError, InvalidRecipe
from clipviz.core.ids import canonical_json
from clipviz.core.recipe import Recipe
from clipviz.runs.check import check

PARAMETER = "draft"
LONGEST = 4000
"""Characters of a link that every proxy lets through."""
LARGEST = 1_000_000
"""Bytes of a document that a link may unpack to."""


def spelled(recipe: Recipe) -> str:
    """A recipe, but for its dataset, in the characters of an address; "" where that would be too long for one."""
    document = recipe.model_dump(mode="json", exclude_defaults=True)
    del document["data"]["dataset"]
    packed = zlib.compress(canonical_json(document).encode(), 9)
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return text if len(text) <= LONGEST else ""


def read(text: str, dataset: Dataset) -> Recipe:
    """The recipe for a dataset that a link spells; raises InvalidRecipe, naming what is wrong with it."""
    try:
        packed = base64.urlsafe_b64decode(text[:LONGEST] + "=" * (-len(text) % 4))
        unpacked = zlib.decompressobj()
        document = json.loads(unpacked.decompress(packed, LARGEST))
        document["data"]["dataset"] = dataset.id
        if not unpacked.eof:
            raise ValueError("it ends too early")
    except (ValueError, TypeError, KeyError, RecursionError, zlib.error) as error:
        raise InvalidRecipe(
            "The changes in this link cannot be read: it was cut, or is none of ours",
            repr(text[:40]),
            "Ask whoever sent it to use Copy link; this is the recipe without them",
        ) from error
    try:
        recipe = Recipe.parse(document)
        check(recipe, dataset)
    except ClipvizError as error:
        raise InvalidRecipe(
            f"The changes in this link do not fit: {error.rule}",
            error.received,
            "This is the recipe without them",
        ) from error
    return recipe
