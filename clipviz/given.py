"""What a verb is given, a path, an id, a recipe in some form, and the dataset and recipe that it means."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any

from pydantic import ValidationError

from clipviz.core.dataset import Dataset, Reading
from clipviz.core.errors import Deleted, InvalidRecipe, NotFound, UnreadableFile
from clipviz.core.ids import is_id
from clipviz.core.metric import METRICS
from clipviz.core.recipe import Recipe
from clipviz.core.settings import Settings
from clipviz.runs.check import complete
from clipviz.runs.defaults import reading, starting
from clipviz.store import Store


def dataset_of(
    path: str | Path, settings: Settings, store: Store, who: str, how: Reading | str | Path | None = None
) -> Dataset:
    """The dataset that a file becomes, or that an id names; it need not be in the store.

    how: the way a file is read, or the path of its JSON document; without it the file decides.
    """
    from clipviz.datasets.ingest import ingest

    if os.path.isdir(path):  # noqa: PTH112  Path.is_dir raises where a name is too long
        return _folder(Path(path), settings, who, reading_of(how))
    if os.path.isfile(path):  # noqa: PTH113  Path.is_file raises where a name is too long
        return ingest(Path(path), Path(path).name, settings, reading_of(how), who=who)
    if how is not None and is_id(str(path)):
        raise UnreadableFile(
            "A dataset has been read already", str(path), "Give the file, or leave --reading out"
        )
    if is_id(str(path)):
        return _known(str(path), settings, store)
    raise UnreadableFile(
        "There is no file at this path", str(path), "Check the path, or give the id of a dataset"
    )


def _known(id: str, settings: Settings, store: Store) -> Dataset:
    """The dataset of an id in the store, else in the home, where `profile` leaves what it has read."""
    from clipviz.datasets import files

    try:
        return store.datasets.get(id)
    except Deleted:
        raise
    except NotFound:
        with suppress(NotFound):
            return files.dataset(settings, id)
        raise


def reading_of(how: Reading | str | Path | None) -> Reading:
    """A way of reading, or the one in a JSON document such as an archive's; raises UnreadableFile."""
    if how is None or isinstance(how, Reading):
        return how or Reading()
    try:
        return Reading.model_validate_json(Path(how).read_bytes())
    except (OSError, ValueError) as error:
        said = str(error.errors()[0]["msg"]) if isinstance(error, ValidationError) else str(error)
        raise UnreadableFile(
            "A reading is a JSON file", f"{how}: {said}"[:300], "Take reading.json from a model's archive"
        ) from error


def other_data(
    recipe: Recipe | Mapping[str, Any] | str | Path | None, dataset: Dataset, store: Store
) -> list[str]:
    """A sentence where a recipe was made for another dataset than this one; none where it names none."""
    data = _document(recipe).get("data")
    named = data.get("dataset") if isinstance(data, Mapping) else None
    if not isinstance(named, str) or named == dataset.id:
        return []
    said = f"The recipe was made for dataset {named[:40]}, this is dataset {dataset.id}"
    with suppress(NotFound):
        known = store.datasets.get(named, include_deleted=True)
        if known.source == dataset.source:
            return [
                f"{said}: the same file with {_otherwise(known.reading, dataset.reading)}. Results will differ"
            ]
    return [
        f"{said}, other data or read otherwise: results will differ. --reading reads a file as it was read then"
    ]


def _otherwise(then: Reading, now: Reading) -> str:
    """In what two readings of a file differ."""
    if then.missing != now.missing:
        gone = [word for word in then.missing or () if word not in (now.missing or ())]
        if gone:
            return f"{', '.join(gone[:5])} not read as missing"
    fields = [
        str(field.title).lower()
        for name, field in Reading.model_fields.items()
        if getattr(then, name) != getattr(now, name)
    ]
    return f"other choices of how it is read ({', '.join(fields)})" if fields else "other types"


def _folder(path: Path, settings: Settings, who: str, how: Reading) -> Dataset:
    """The images of a folder as one dataset."""
    from clipviz.datasets import together
    from clipviz.datasets.ingest import ingest

    files: list[tuple[str, IO[bytes] | Path]] = [
        (str(PurePosixPath(path.name, file.relative_to(path).as_posix())), file)
        for file in sorted(path.rglob("*"))
        if file.is_file() and not file.is_symlink()
    ]
    if not files:
        raise UnreadableFile("The folder must hold files", str(path), "Give a folder of images, or a file")
    return ingest(together.pack(files, settings), path.name, settings, how, who=who)


def recipe_of(
    given: Recipe | Mapping[str, Any] | str | Path | None,
    dataset: Dataset,
    target: str | None,
    settings: Settings,
) -> Recipe:
    """A recipe, its document or the path of one, for this dataset; raises InvalidRecipe."""
    from clipviz.datasets import files

    document = _document(given)
    data = document.get("data") or {}
    if not isinstance(data, Mapping):
        raise InvalidRecipe(
            "data: a recipe holds an object there", repr(data)[:200], "Mend this field of the recipe"
        )
    data = dict(data) | {"dataset": dataset.id}
    data["target"] = target or data.get("target") or dataset.target
    if data["target"] is None:
        names = ", ".join(column.name for column in dataset.columns[:20])
        raise InvalidRecipe("A target column is needed", None, f"Choose one of: {names}")
    if given is None:
        return starting(dataset, data["target"], files.texts(settings, dataset.id))
    return Recipe.parse(document | {"data": data})


def _document(given: Recipe | Mapping[str, Any] | str | Path | None) -> dict[str, Any]:
    import json

    if isinstance(given, Recipe):
        return given.model_dump(mode="json")
    if given is None or isinstance(given, Mapping):
        return dict(given or {})
    try:
        found = json.loads(Path(given).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise InvalidRecipe(
            "A recipe is a JSON file", f"{given}: {error}"[:300], "Download one from the dashboard"
        ) from error
    if not isinstance(found, dict):
        raise InvalidRecipe("A recipe is a JSON object", str(given), "Download one from the dashboard")
    return found


def wanted(
    recipe: Recipe, dataset: Dataset, settings: Settings, values: dict[str, Any], **given: Any
) -> Recipe:
    """The recipe with these values set by their dotted paths, and spelled out; None in `given` sets nothing.

    A text column that is named without a length is read to the length that `defaults.reading` finds.
    """
    asked = complete(recipe)
    own = {name: value for name, value in given.items() if value is not None}
    prose = values.get("data.text.column")
    if recipe.data.text is None and isinstance(prose, str) and "data.text.length" not in values:
        from clipviz.datasets import files

        own["data.text.length"] = reading(prose, files.texts(settings, dataset.id)).length
    for place, value in (values | own).items():
        asked = asked.replace(place, value)
    return complete(asked)


def check_metric(metric: str | None, recipe: Recipe, dataset: Dataset, settings: Settings) -> None:
    """Before anything is trained for a verdict in it: raises InvalidRecipe for a metric that no run will have."""
    from clipviz.datasets.table import usable_rows

    if metric is None:
        return
    task = usable_rows(settings, dataset, recipe).task
    known = [each.name for each in METRICS.values() if each.task == task]
    if metric not in known:
        raise InvalidRecipe(
            f"The metric of a {task} must be one of {', '.join(known)}", repr(metric), "Choose one of these"
        )
