import subprocess
import sys
from typing import Any

import pytest

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Recipe
from clipviz.runs.check import check
from clipviz.store import Store


def test_the_default_recipe_passes(store: Store, recipe: Recipe) -> None:
    check(recipe, store.datasets.get(recipe.data.dataset))


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (
            "data.target",
            "z",
            "The target must be a column of the dataset; received 'z'. Its columns are: x, y.",
        ),
        ("data.features", ["x", "q"], "The feature must be a column of the dataset; received 'q'"),
        ("data.features", ["y"], "The target may not be one of the features; received 'y'. Take it out"),
        (
            "inputs.columns",
            {"q": {"id": "sigma"}},
            "An input clamp names a column of the dataset; received 'q'",
        ),
        ("inputs.columns", {"x": {"id": "zigma"}}, "inputs must be one of .*sigma.*; received 'zigma'"),
        ("inputs.default.id", "zigma", "inputs must be one of"),
        (
            "gradient",
            {"id": "global_norm", "max_norm": -1},
            "gradients global_norm: max_norm: .* received -1",
        ),
        ("activation.id", "relu7", "activations must be one of"),
        ("model", {"id": "mlp", "depth": 3}, "models mlp: depth: extra inputs are not permitted; received 3"),
        ("optimiser.id", "lion", "optimisers must be one of adam, sgd; received 'lion'"),
    ],
)
def test_what_cannot_be_is_told(store: Store, recipe: Recipe, path: str, value: Any, words: str) -> None:
    with pytest.raises(InvalidRecipe, match=words):
        check(recipe.replace(path, value), store.datasets.get(recipe.data.dataset))


def test_the_web_process_submits_without_torch() -> None:
    program = (
        "import sys, clipviz.runs.submit; from clipviz.runs.check import PACKAGES;"
        "from clipviz.core.discovery import discover;"
        "[discover(package) for package in PACKAGES.values()]; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
