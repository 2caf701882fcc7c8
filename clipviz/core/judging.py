"""Which recipes may be compared: those that learn from the same rows, and are judged on the same."""

from clipviz.core.ids import canonical_json
from clipviz.core.recipe import Recipe


def judged_on(recipe: Recipe) -> str:
    """Equal for recipes whose rows, targets and outliers on purpose are the same, split in the same way.

    Which rows there are follows from the target alone, so recipes may read other columns of them, or more of a text.
    """
    data = recipe.data.model_dump(mode="json", exclude={"features", "text"})
    return canonical_json({"data": data, "split": recipe.split.model_dump(mode="json")})


def reads(recipe: Recipe) -> dict[str, str]:
    """What a recipe reads of its rows, in words."""
    data, text = recipe.data, recipe.data.text
    found = {"columns": "all" if data.features is None else ", ".join(data.features)}
    if text is None:
        return found | {"text": "none"}
    return found | {
        "text": text.column, "length of the text": str(text.length), "vocabulary": str(text.words),
        "words that are kept": f"{text.least}, {text.lower}, {text.punctuation}",
    }  # fmt: skip
