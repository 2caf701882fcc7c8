"""What leaves with a trained model: its weights with the clamps inside, the recipe, and how to use them."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

from clipviz.core.away import INPUTS, MODEL, ONNX, PROGRAM, READING
from clipviz.core.dataset import Reading
from clipviz.core.errors import TrainingFailed
from clipviz.core.recipe import Recipe
from clipviz.core.run import Run
from clipviz.core.settings import Settings
from clipviz.datasets.header import MISSING
from clipviz.runs.example_row import MOST, Example

PROGRAMS = (PROGRAM, ONNX, INPUTS)
SECONDS = 600
USE = """import clipviz

model = clipviz.load("model.safetensors")
print(model.columns)
# REMARK: put yours in
rows = ROWS
print(model.predict(rows))
"""
UNKNOWN_ROWS = "{name: [None, None] for name in model.columns}"
USE_IMAGES = """import clipviz, numpy

model = clipviz.load("model.safetensors")
# two black images: put yours in
images = numpy.zeros((2, SHAPE), dtype="uint8")
print(model.predict(images))
"""
USE_ONNX = """import json, numpy, onnxruntime

inputs = json.load(open("inputs.json"))
session = onnxruntime.InferenceSession("model.onnx")
# two rows of zeros: put yours in
rows = numpy.zeros((2, len(inputs["features"])))
print(session.run(None, {"rows": rows})[0])
"""
PROGRAMS_README = """
## Elsewhere

NAMES the same network with its clamps inside, held against it on rows with gaps, infinities and far values. The input
`rows` is (N, F) float64, a column for each of `features` in `inputs.json`, in their order: numbers as they are (NaN is
missing), the place of a level in `levels` (-1 for another), of a text the ids of its words (2 + the place in `words`,
1 for another, 0 behind the last), pixels row by row. What comes out is the target in its own unit, or a score a class.

"""


def place(settings: Settings, run: Run) -> Path | None:
    """Where the model of a run lies; None where it left none."""
    found = settings.runs / run.id / MODEL
    return found if found.is_file() else None


def use(image: tuple[int, ...] | None, example: Example) -> str:
    """Python that loads the model and predicts; image: shape of those it takes, if it takes some; example: a row."""
    if image is None:
        if not example:
            return USE.replace("REMARK", "two rows in which every value is missing").replace(
                "ROWS", UNKNOWN_ROWS
            )
        spelled = "".join(f"    {name!r}: [{value!r}, None],\n" for name, value in example.items())
        rest = f"{UNKNOWN_ROWS} | " if len(example) == MOST else ""
        remark = "a row of usual values, and one of missing ones"
        return USE.replace("REMARK", remark).replace("ROWS", f"{rest}{{\n{spelled}}}")
    return USE_IMAGES.replace("SHAPE", ", ".join(map(str, image)))


def programs(model: Path) -> list[Path]:
    """The programs that lie beside a model and were made of it; none where `translate` was not called since."""
    made = model.stat().st_mtime_ns
    there = (model.with_name(name) for name in PROGRAMS)
    return [path for path in there if path.is_file() and path.stat().st_mtime_ns >= made]


def translate(model: Path) -> str:
    """Makes the programs, in a process of its own (see `training.programs`); returns why there is no ONNX, or "".

    Raises TrainingFailed with what the process said last.
    """
    command = [sys.executable, "-m", "clipviz.training.programs", str(model.absolute())]
    try:
        done = subprocess.run(
            command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise TrainingFailed(
            f"Translating a model may take {SECONDS // 60} minutes",
            "more",
            "Try again when less is under way",
        ) from error
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise TrainingFailed(
            "The model must be one that torch.export can follow",
            said[-1].rsplit("TrainingFailed: ", 1)[-1][:300],
            "Take the safetensors file",
        )
    return done.stdout.strip()


def bundle(
    model: Path, run: Run, recipe: Recipe, image: tuple[int, ...] | None, reading: Reading, example: Example
) -> bytes:
    """A zip archive: the model, its recipe, its result, a page that says how to load it, and its programs, if any.

    reading: how the file was read that it learned from. example: a row for that page.
    """
    metrics = (run.result or {}).get("metrics", {})
    numbers = {name: "not finite" if value is None else f"{value:.6g}" for name, value in metrics.items()}
    measured = "".join(f"| {name} | {value} |\n" for name, value in numbers.items())
    target = recipe.data.target.replace("`", " ")
    readme = (
        f"# A model that predicts `{target}`\n\n"
        "`model.safetensors` holds the network with its input clamps, normalisation, activation clips and the way back "
        "to the target's own unit. It takes raw rows. No code is run when it is loaded.\n\n"
        "It needs Python with torch, numpy, pydantic and safetensors, and the folder `clipviz` of the project on the "
        f"path; no store, no dashboard.\n\n```python\n{use(image, example)}```\n\n"
        f"On test rows that it never saw:\n\n| metric | value |\n|---|---|\n{measured}\n"
        f"Run {run.id}. `recipe.json` trains it anew, on the same file read in the same way:\n"
        f"`python -m clipviz train FILE --recipe recipe.json --reading {READING}`.\n{as_read(reading)}"
    )
    others = programs(model)
    readme += elsewhere({path.name for path in others})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(model, MODEL)
        for path in others:
            archive.write(path, path.name)
        archive.writestr(READING, reading.model_dump_json(indent=2, exclude_defaults=True))
        archive.writestr("recipe.json", recipe.model_dump_json(indent=2))
        archive.writestr("result.json", json.dumps(run.result, indent=2))
        archive.writestr("README.md", readme)
    return packed.getvalue()


def as_read(reading: Reading) -> str:
    """What the README says of cells."""
    said = f"\n`{READING}` says how that file was read. `clipviz.load` reads cells in the same way"
    own = [word for word in reading.missing or () if word not in MISSING]
    if own:
        words = ", ".join(f"`{word.replace('`', ' ')}`" for word in own[:20])
        said += f": {words} {'is' if len(own) == 1 else 'are'} taken as missing, as a number too"
    return f"{said}.\n"


def elsewhere(names: set[str]) -> str:
    """What the README says of programs; "" where there are none."""
    if PROGRAM not in names:
        return ""
    which = f"`{PROGRAM}` (torch.export)" + (f" and `{ONNX}` are" if ONNX in names else " is")
    said = PROGRAMS_README.replace("NAMES", which)
    return f"{said}```python\n{USE_ONNX}```\n" if ONNX in names else said
