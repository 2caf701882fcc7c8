"""The recipe: everything that makes a run reproducible, as one JSON document."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)

from clipviz.core.contamination import Contamination
from clipviz.core.errors import InvalidRecipe
from clipviz.core.ids import PATTERN, canonical_json, content_id
from clipviz.core.part import Choice as Choice
from clipviz.core.part import Part as Part
from clipviz.core.regime import Stopping, Training

Task = Literal["regression", "classification"]
USUAL_LOSS: dict[Task, str] = {"regression": "mse", "classification": "cross_entropy"}
"""The loss where a recipe names none."""
Id = Annotated[str, Field(pattern=PATTERN.pattern)]


class Text(Part):
    """A column of prose as the ids of its words in order; the vocabulary is that of the training rows."""

    column: str = Field(min_length=1, title="Text", description="The column that is read.")
    length: int = Field(
        200, ge=1, le=5000, title="Length", description="Words of a text that are read; the rest is left out."
    )
    words: int = Field(
        10_000,
        ge=1,
        le=1_000_000,
        title="Vocabulary",
        description="The commonest words that get an id of their own.",
    )
    least: int = Field(
        2, ge=1, le=1_000_000, title="At least", description="Times that the training rows must have a word."
    )
    lower: bool = Field(True, title="Ignore case", description="Great and great are one word.")
    punctuation: bool = Field(False, title="Keep punctuation", description="Each mark is a word.")


class Data(Part):
    """Which dataset, what to predict, and from which columns (None: every usable one); a text to read; and outliers
    that are put in on purpose."""

    dataset: Id
    target: str = Field(min_length=1)
    task: Task | None = Field(None, description="None: decided by the target's type.")
    features: tuple[str, ...] | None = Field(None, title="Columns")
    text: Text | None = None
    contamination: Contamination = Contamination()


class Split(Part):
    """Which rows train, choose and judge: shares, and how rows are dealt out; the rest is for training.

    What stands at its default is left out of the document, so that recipes from before there was a choice keep
    their ids.
    """

    kind: Literal["random", "stratified", "group", "time", "given"] = Field(
        "random",
        title="Rows are dealt out",
        description="At random; with equal shares of each class; whole groups together; the latest rows last; or "
        "as a column says it.",
    )
    column: str | None = Field(
        None,
        min_length=1,
        title="By column",
        description="The strata (none: the target), the groups, the time, or the names of the parts.",
    )
    validation: float = Field(
        0.15, gt=0, lt=0.9, title="Validation share", description="Rows that choose the best step."
    )
    test: float = Field(
        0.15, gt=0, lt=0.9, title="Test share", description="Rows that are looked at only once, at the end."
    )
    seed: int = Field(0, ge=0, lt=2**32, title="Split seed", description="Decides which rows go where.")

    @field_validator("test")
    @classmethod
    def _leaves_rows_to_train(cls, test: float, info: Any) -> float:
        if test + info.data.get("validation", 0.0) > 0.9:
            raise ValueError("validation and test together may take at most 0.9 of the rows")
        return test

    @model_validator(mode="after")
    def _names_its_column(self) -> Self:
        if self.kind in ("group", "time", "given") and self.column is None:
            kind = "given split" if self.kind == "given" else f"split by {self.kind}"
            raise ValueError(f"a {kind} needs a column: set split.column first")
        return self

    @model_serializer(mode="wrap")
    def _without_defaults(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        document: dict[str, Any] = dump(self)
        for name in ("kind", "column"):
            if document.get(name) == type(self).model_fields[name].default:
                document.pop(name, None)
        return document


class Inputs(Part):
    """What becomes of each numeric column: its clamp (one default, and exceptions by column name), then what brings
    all columns to a common size.

    channels: exceptions by the colour of a pixel (red, green, blue) in images of colour.
    """

    default: Choice = Choice(id="none")
    columns: dict[str, Choice] = Field(default_factory=dict)
    channels: dict[Literal["red", "green", "blue"], Choice] = Field(default_factory=dict)
    normalisation: Choice = Choice(id="z_score")

    def policy_of(self, column: str) -> Choice:
        own = self.columns.get(column)
        if own is None:
            own = next((each for name, each in self.channels.items() if column.endswith(f",{name}")), None)
        return own or self.default

    def choices(self) -> Iterator[Choice]:
        """Every clamp that is chosen: the default, those of columns, those of channels."""
        yield self.default
        yield from self.columns.values()
        yield from self.channels.values()


class Recipe(Part):
    """A run to be: data, split, policies, model, optimiser, length, seed, device."""

    version: Literal[1] = 1
    data: Data
    split: Split = Split()
    inputs: Inputs = Inputs()
    target_clamp: Choice = Field(
        Choice(id="none"),
        description="An input clamp on the training targets of a regression; metrics are on targets as they are.",
    )
    model: Choice = Choice(id="mlp")
    activation: Choice = Choice(id="learned_tanh")
    clips_at: dict[str, tuple[Choice, ...]] = Field(
        default_factory=dict,
        description='What stands at one place instead of `activation`, one after the other: by "input", "layer 2", '
        '"output".',
    )
    gradient: Choice = Choice(id="global_norm")
    initialisation: Choice = Choice(id="framework")
    augment: tuple[Choice, ...] = Field(
        (), description="What changes training images at random, one after the other; whole images only."
    )
    loss: Choice | None = Field(
        None, description="None: squared error of a regression, cross-entropy of classes."
    )
    optimiser: Choice = Choice(id="adam")
    schedule: Choice = Choice(id="constant")
    training: Training = Training()
    stopping: Stopping = Stopping()
    seed: int = Field(0, ge=0, lt=2**32)
    device: Literal["auto", "cpu", "cuda"] = "auto"

    def canonical(self) -> str:
        return canonical_json(self.model_dump(mode="json"))

    @property
    def id(self) -> str:
        """Content id: equal recipes have equal ids."""
        return content_id(self.canonical())

    @classmethod
    def parse(cls, document: str | dict[str, Any]) -> "Recipe":
        """A recipe from JSON text or a dict; raises InvalidRecipe naming the field, the value and the remedy."""
        try:
            if isinstance(document, str):
                return cls.model_validate_json(document)
            return cls.model_validate(document)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "the document"
            raise InvalidRecipe(
                f"{place}: {first['msg']}", _shown(first["input"]), "Mend this field of the recipe"
            ) from error

    def replace(self, path: str, value: Any) -> "Recipe":
        """A copy with the field at a dotted path set, e.g. `gradient.max_norm`; raises InvalidRecipe.

        Setting `gradient.id` keeps no fields of the former choice.
        """
        document = self.model_dump(mode="json")
        *parents, last = path.split(".")
        place: Any = document
        for name in parents:
            place = place.get(name) if isinstance(place, dict) else None
        if place is None and parents == ["data", "text"]:
            place = document["data"]["text"] = {}
        if place is None and parents == ["loss"] and last == "id":
            place = document["loss"] = {"id": None}
        free = isinstance(place, dict) and (
            "id" in place or parents in (["inputs", "columns"], ["inputs", "channels"], ["clips_at"])
        )
        free = free or (
            parents == ["split"] and last in Split.model_fields
        )  # those at a default are not shown
        free = free or (parents == ["data", "text"] and last in Text.model_fields)
        if not isinstance(place, dict) or not (free or last in place):
            remedy = "See `show RUN` for the fields of a recipe"
            meant = _meant(last, list(_leaves(document)))
            raise InvalidRecipe(
                f"A recipe has no field {path!r}",
                None,
                f"Did you mean {meant}? {remedy}" if meant else remedy,
            )
        if last == "id":
            place.clear()
        place[last] = value
        return Recipe.parse(document)


def _leaves(document: dict[str, Any], above: str = "") -> Iterator[str]:
    """The dotted paths of all fields of a document."""
    for name, value in document.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{above}{name}.")
        else:
            yield f"{above}{name}"


def _meant(name: str, paths: list[str]) -> str:
    """The path that ends in this name, or in one that is spelled much like it; "" where there is none."""
    by_name = {path.rsplit(".", 1)[-1]: path for path in reversed(paths)}
    close = get_close_matches(name, by_name, 1, 0.75)
    return by_name[close[0]] if close else ""


def _shown(value: Any) -> str:
    try:
        return repr(value)[:200]
    except RecursionError:
        return "values nested very deep"
