"""Large tables as recipes see them, kept on disk beside their dataset: whoever needs one maps it into memory."""

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from clipviz.core.dataset import Dataset, Reading
from clipviz.core.errors import ClipvizError
from clipviz.core.ids import canonical_json, content_id
from clipviz.core.recipe import Recipe
from clipviz.core.settings import Settings
from clipviz.core.table import Feature, Table
from clipviz.datasets import files
from clipviz.datasets.ingest import remove_stale
from clipviz.datasets.input_columns import mapped
from clipviz.datasets.profile import sort_finite
from clipviz.datasets.reader_process import run

KEPT = 4
"""Tables of one dataset that stay on disk: those used last. One takes about as much room as the text file did."""
LAYOUT = "4"
ARRAYS = ("target", "train", "validation", "test", "source_rows")


def table(settings: Settings, dataset: Dataset, recipe: Recipe) -> Table:
    """The table of a recipe, memory-mapped; written once for all recipes of the same data and split.

    It is written by a process of its own, so that this one needs no memory for it. Raises what `table.load` raises.
    """
    parts = (LAYOUT, *(canonical_json(part.model_dump(mode="json")) for part in (recipe.data, recipe.split)))
    home = files.folder(settings, dataset.id) / "tables"
    place = home / content_id(*parts)
    for _ in range(2):  # somebody else may just clear it away
        with suppress(FileNotFoundError):
            os.utime(place)
            return read(place)
        _written(settings, dataset, recipe, place)
    return read(place)


def _written(settings: Settings, dataset: Dataset, recipe: Recipe, place: Path) -> None:
    try:
        place.parent.mkdir(exist_ok=True)
        with TemporaryDirectory(dir=place.parent, prefix=".part-", ignore_cleanup_errors=True) as part:
            request = {
                "folder": part,
                "home": str(settings.home.absolute()),
                "dataset": dataset.model_dump(mode="json"),
                "recipe": recipe.model_dump(mode="json"),
            }
            run("prepare", request, settings)
            with suppress(OSError):  # another process was quicker
                Path(part).chmod(0o755)
                Path(part).rename(place)
    except OSError as error:
        raise ClipvizError(
            "A large table must fit on the disk a second time",
            error.strerror or str(error),
            "Make room on the disk and try again",
        ) from error
    _clear(place.parent)


def _clear(home: Path) -> None:
    """Keeps the tables used last; who has mapped another one keeps the map."""
    remove_stale(home)
    known = sorted(
        (each for each in home.iterdir() if not each.name.startswith(".")),
        key=lambda each: each.stat().st_mtime,
    )
    for old in known[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def write(folder: Path, made: Table) -> None:
    """Everything of a table but its inputs, which lie in folder/inputs.f64 already; and its training columns sorted,
    behind them the training targets where they are numbers."""
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", getattr(made, name))
    lengths = []
    with (folder / "ordered.f64").open("wb") as file:
        for place, feature in enumerate(made.features):
            if not feature.number:
                lengths.append(0)
                continue
            ordered = sort_finite(made.inputs[:, place][made.train].astype(np.float64, copy=False))
            file.write(ordered.data)
            lengths.append(len(ordered))
        if made.task == "regression":
            file.write(np.sort(made.target[made.train]).data)
            lengths.append(len(made.train))
    about = {
        "features": [feature.written() for feature in made.features],
        "words": list(made.words),
        "target_name": made.target_name,
        "task": made.task,
        "classes": list(made.classes),
        "notes": list(made.notes),
        "reading": made.reading.model_dump(mode="json"),
        "ordered": lengths,
    }
    (folder / "table.json").write_text(json.dumps(about), encoding="utf-8")


def read(folder: Path) -> Table:
    """The table that `write` wrote; raises FileNotFoundError."""
    about = json.loads((folder / "table.json").read_bytes())
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray) for name in ARRAYS}
    ordered = _ordered(folder / "ordered.f64", about["ordered"])
    features = tuple(map(Feature.read, about["features"]))
    return Table(
        features=features,
        inputs=mapped(folder / "inputs.f64", len(arrays["target"]), len(features)),
        target_name=about["target_name"],
        task=about["task"],
        classes=tuple(about["classes"]),
        words=tuple(about["words"]),
        notes=tuple(about["notes"]),
        reading=Reading.model_validate(about["reading"]),
        ordered=ordered[: len(features)],
        ordered_target=ordered[-1] if len(ordered) > len(features) else None,
        **arrays,
    )


def _ordered(path: Path, lengths: list[int]) -> tuple[NDArray[np.float64], ...]:
    total = sum(lengths)
    whole = mapped(path, total, 1)[:, 0] if total else np.empty(0)
    ends = np.cumsum(lengths).tolist()
    return tuple(whole[end - length : end] for end, length in zip(ends, lengths, strict=True))
