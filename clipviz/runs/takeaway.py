"""What leaves with a trained model: its weights with the clamps inside, the recipe, and how to use them."""

import io
import json
import zipfile
from pathlib import Path

from clipviz.core.recipe import Recipe
from clipviz.core.run import Run
from clipviz.core.settings import Settings

MODEL = "model.safetensors"
USE = """import clipviz

model = clipviz.load("model.safetensors")
print(model.columns)
# two rows in which every value is missing: put yours in
rows = {name: [None, None] for name in model.columns}
print(model.predict(rows))
"""
USE_IMAGES = """import clipviz, numpy

model = clipviz.load("model.safetensors")
# two black images: put yours in
images = numpy.zeros((2, SHAPE), dtype="uint8")
print(model.predict(images))
"""


def place(settings: Settings, run: Run) -> Path | None:
    """Where the model of a run lies; None where it left none."""
    found = settings.runs / run.id / MODEL
    return found if found.is_file() else None


def use(image: tuple[int, ...] | None) -> str:
    """Python that loads the model and predicts; image: shape of those it takes, if it takes some."""
    if image is None:
        return USE
    return USE_IMAGES.replace("SHAPE", ", ".join(map(str, image)))


def bundle(model: Path, run: Run, recipe: Recipe, image: tuple[int, ...] | None) -> bytes:
    """A zip archive: the model, its recipe, its result, and a page that says how to load it."""
    metrics = (run.result or {}).get("metrics", {})
    numbers = {name: "not finite" if value is None else f"{value:.6g}" for name, value in metrics.items()}
    measured = "".join(f"| {name} | {value} |\n" for name, value in numbers.items())
    readme = (
        f"# A model that predicts `{recipe.data.target}`\n\n"
        "`model.safetensors` holds the network with its input clamps, normalisation, activation clips and the way back "
        "to the target's own unit. It takes raw rows. No code is run when it is loaded.\n\n"
        "It needs Python with torch, numpy, pydantic and safetensors, and the folder `clipviz` of the project on the "
        f"path; no store, no dashboard.\n\n```python\n{use(image)}```\n\n"
        f"On test rows that it never saw:\n\n| metric | value |\n|---|---|\n{measured}\n"
        f"Run {run.id}. `recipe.json` trains it anew: `python -m clipviz train FILE --recipe recipe.json`.\n"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(model, MODEL)
        archive.writestr("recipe.json", recipe.model_dump_json(indent=2))
        archive.writestr("result.json", json.dumps(run.result, indent=2))
        archive.writestr("README.md", readme)
    return packed.getvalue()
