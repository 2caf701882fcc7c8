"""A trained network as programs that other software runs: torch.export, and ONNX where its exporter is installed.

`python -m clipviz.training.programs model.safetensors` writes them beside the model and prints what could not be.
"""

import json
import logging
import math
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from clipviz.core.away import INPUTS, ONNX, PROGRAM
from clipviz.core.errors import TrainingFailed
from clipviz.training.files import write
from clipviz.training.network import Network, load_with_words

EXPORTER = ("onnx", "onnxscript")
ROWS, TOLERANCE = 64, 1e-4
REMEDY = "Take the safetensors file, and report this recipe"


def translate(model: Path) -> str:
    """Writes PROGRAM, INPUTS and, where EXPORTER is installed, ONNX beside the safetensors file of a run.

    Each takes raw rows (N, F) float64 under the name `rows`, clamps inside, and says what the network says: (N,)
    float64 in the target's unit or (N, C) float64 class scores. Each is run on rows with gaps, infinities and far
    values, and kept only where it says the same; ONNX is run where onnxruntime is installed. Returns what there
    is not and why, "" where there is everything. Raises TrainingFailed for another file, or a program that differs.
    """
    network, words, _ = load_with_words(model)
    for held in network.buffers():
        if not held.numel():  # torch.export.save cannot write those that a file brought
            held.data = torch.empty_like(held)
    rows = extreme(network)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the exporters warn of their own parts
        expected = network(rows)
        near = _near(network, rows, expected)
        count = torch.export.Dim("rows", min=1)
        program = torch.export.export(network, (rows,), dynamic_shapes=({0: count},))
        _same("torch.export", program.module()(rows), expected, near)
        torch.export.save(program, model.with_name(PROGRAM))
        write(model.with_name(INPUTS), json.dumps(inputs(network, words), indent=1).encode())
        missing = [package for package in EXPORTER if find_spec(package) is None]
        if missing:
            return f"ONNX needs the package {' and '.join(missing)}: pip install 'clipviz[onnx]', then try again."
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        graph = torch.onnx.export(
            program, dynamo=True, verbose=False, optimize=False, input_names=["rows"], output_names=["said"]
        )
        assert graph is not None
        if find_spec("onnxruntime") is not None:
            _same("ONNX", graph(rows)[0], expected, near)
        write(model.with_name(ONNX), graph.model_proto.SerializeToString())
    return ""


def inputs(network: Network, words: tuple[str, ...]) -> dict[str, Any]:
    """What the columns of `rows` are, in order, and what comes out."""
    features = [
        {"name": feature.name}
        | ({"levels": list(feature.levels)} if feature.levels else {})
        | ({"token": True} if feature.token else {})
        for feature in network.front.features
    ]
    return {
        "features": features,
        "image": network.front.image,
        "words": list(words),
        "target": network.recipe.data.target,
        "classes": list(network.classes),
    }


def extreme(network: Network) -> Tensor:
    """(ROWS, F) float64 raw rows as bad as they come: numbers that are missing, infinite or far away, levels and
    words of every code and of none; pixels, of an image, of any brightness."""
    draw = torch.Generator().manual_seed(0)
    features = network.front.features
    rows = torch.randn(ROWS, len(features), generator=draw, dtype=torch.float64)
    if network.front.image is not None:
        return rows.abs().mul(100).floor().clamp(max=255)
    rows *= 10.0 ** torch.randint(-2, 7, rows.shape, generator=draw)
    some = torch.rand(rows.shape, generator=draw)
    for limit, value in ((0.15, math.inf), (0.1, -math.inf), (0.05, math.nan)):
        rows[some < limit] = value
    known = network.front.signal.vocabulary
    for place, feature in enumerate(features):
        if feature.levels:
            codes = torch.randint(-1, len(feature.levels), (ROWS,), generator=draw)
            rows[:, place] = codes.to(torch.float64)
        if feature.token:
            rows[:, place] = torch.randint(0, known, (ROWS,), generator=draw).to(torch.float64)
    return rows


def _same(name: str, said: Tensor, expected: Tensor, near: Tensor) -> None:
    """near: what may lie between two orders of summing, for each row."""
    same = ((said - expected).abs() <= near) | (said == expected) | (said.isnan() & expected.isnan())
    if not same.all():
        off = float((said - expected).abs().nan_to_num().max())
        raise TrainingFailed(
            f"What leaves as {name} must say what the network says", f"{off:.3g} apart", REMEDY
        )


def _near(network: Network, rows: Tensor, expected: Tensor) -> Tensor:
    """TOLERANCE of the largest number on the way of each row, in the unit of what comes out."""
    largest = network.front(rows).abs().amax(dim=1).clamp(min=1.0).to(torch.float64)
    per_row = largest if expected.ndim == 1 else largest.unsqueeze(1)
    near: Tensor = TOLERANCE * (per_row * network.target_scale + expected.abs().nan_to_num())
    return near


if __name__ == "__main__":
    print(translate(Path(sys.argv[1])))  # noqa: T201
