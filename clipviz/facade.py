"""The verbs of clipviz without a browser: profile, train, runs, show, policies; for notebooks and the CLI.

Everything happens in the home of the environment's settings, so that the dashboard shows it too.
"""

import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

import clipviz.store
from clipviz.catalogue import policies
from clipviz.core.dataset import Dataset, RejectedRow
from clipviz.core.errors import ClipvizError, Deleted, InvalidRecipe, NotFound, UnreadableFile
from clipviz.core.ids import is_id
from clipviz.core.profile import ColumnProfile
from clipviz.core.recipe import Recipe
from clipviz.core.run import Run, Sink, State
from clipviz.core.settings import Settings
from clipviz.store import Store

__all__ = ["policies", "profile", "runs", "show", "train"]

MOST_RUNS = 1_000_000
Device = Literal["auto", "cpu", "cuda"]


class Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Profile(Record):
    """What is known of a file: the dataset it became, its columns, and what could not be read."""

    dataset: Dataset
    columns: list[ColumnProfile]
    rejected: list[RejectedRow]


class Outcome(Record):
    """How a training ended. Metrics are on raw, unclamped targets of the untouched test rows."""

    run: str
    state: State
    reason: str = Field("", description="Why it did not finish, in words.")
    metrics: dict[str, float | None] = {}
    baseline: dict[str, float | None] = Field({}, description="Test metrics of the best constant prediction.")
    thresholds: dict[str, list[float]] = Field({}, description="Learned thresholds by layer.")
    steps: int = 0
    seconds: float = 0.0
    clipped_share: float | None = Field(None, description="Share of steps whose gradient was clipped.")


class Shown(Record):
    """One run with its recipe and its event log."""

    run: Run
    recipe: Recipe
    events: list[str]


def profile(path: str | Path) -> Profile:
    """Read a file, or a dataset by its id, and tell what is known of its columns.

    The file's data are kept in the home, but the team's list of datasets stays as it is. Raises UnreadableFile.
    """
    from clipviz.datasets import files

    with _home() as (settings, store):
        dataset = _dataset(path, settings, store)
        return Profile(
            dataset=dataset,
            columns=files.profiles(settings, dataset.id),
            rejected=files.rejected(settings, dataset.id),
        )


def train(
    path: str | Path,
    target: str | None = None,
    recipe: Recipe | Mapping[str, Any] | str | Path | None = None,
    set: Mapping[str, Any] | None = None,
    seed: int | None = None,
    device: Device | None = None,
    name: str = "",
    watch: Sink | None = None,
) -> Outcome:
    """Train on a file, a folder of images, or the dataset with this id, here and now; all see the run in the store.

    target: the column to predict; may be left out where the recipe or the sample names it.
    recipe: a recipe, its JSON document (parts may be left out), or the path of one; its dataset is replaced.
    set: values by dotted path, such as {"gradient.id": "global_norm", "gradient.max_norm": 0.5}.
    watch: told what the run says while it trains. Ctrl-C stops the run and keeps its result; a second one
    leaves it to a runner, with its checkpoint.

    Raises UnreadableFile, InvalidRecipe, NotFound, StoreUnavailable. A run that failed is an Outcome.
    """
    from clipviz.runs.check import check, complete
    from clipviz.runs.foreground import train_here

    with _home() as (settings, store):
        dataset = store.datasets.add(_dataset(path, settings, store))
        wanted = complete(_recipe(recipe, dataset, target))
        given = {name: value for name, value in (("seed", seed), ("device", device)) if value is not None}
        for place, value in (dict(set or {}) | given).items():
            wanted = wanted.replace(place, value)
        check(wanted, dataset)
        title = name or f"{dataset.name}: {wanted.data.target}, seed {wanted.seed}"
        saved = store.recipes.add(complete(wanted), title, _me())
        return _outcome(train_here(store, settings, saved.id, title, _me(), watch))


def runs(limit: int = 100) -> list[Run]:
    """The team's runs, newest first."""
    with _home() as (_, store):
        return store.runs.list(min(limit, MOST_RUNS))


def show(run: str) -> Shown:
    """One run, its recipe and its event log. Raises NotFound."""
    with _home() as (_, store):
        found = store.runs.get(run)
        return Shown(
            run=found,
            recipe=store.recipes.get(found.recipe).recipe,
            events=[f"{event.at:%H:%M:%S} {event.text}" for event in store.events.list(found.id)],
        )


@contextmanager
def _home() -> Iterator[tuple[Settings, Store]]:
    try:
        settings = Settings.from_environment()
    except ValidationError as error:
        first = error.errors()[0]
        field = f"CLIPVIZ_{str(first['loc'][0]).upper()}"
        raise ClipvizError(
            f"{field}: {first['msg']}", repr(first["input"]), "Change this variable"
        ) from error
    with clipviz.store.open(settings.store_url) as store:
        yield settings, store


def _dataset(path: str | Path, settings: Settings, store: Store) -> Dataset:
    """The dataset that a file becomes, or that an id names; it need not be in the store."""
    from clipviz.datasets.ingest import ingest

    if os.path.isdir(path):  # noqa: PTH112  Path.is_dir raises where a name is too long
        return _folder(Path(path), settings)
    if os.path.isfile(path):  # noqa: PTH113  Path.is_file raises where a name is too long
        return ingest(Path(path), Path(path).name, settings, who=_me())
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


def _folder(path: Path, settings: Settings) -> Dataset:
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
    return ingest(together.pack(files, settings), path.name, settings, who=_me())


def _recipe(
    given: Recipe | Mapping[str, Any] | str | Path | None, dataset: Dataset, target: str | None
) -> Recipe:
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


def _outcome(run: Run) -> Outcome:
    result = run.result or {}
    told = {name: result[name] for name in Outcome.model_fields if name in result}
    return Outcome(run=run.id, state=run.state, reason=run.reason, **{"steps": run.step, **told})


def _me() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container user without a name
        return ""
