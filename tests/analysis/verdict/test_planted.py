"""Three data sets whose answer is known, from the file to the sentence."""

from pathlib import Path

import numpy as np
import pytest

import clipviz


def planted(kind: str) -> np.ndarray:
    """(300, 2): one input and the target that follows from it."""
    generator = np.random.default_rng(0)
    if kind == "signal in the tail":
        inputs = generator.lognormal(0, 1, 300)
        return np.column_stack([inputs, inputs])
    inputs = generator.uniform(-1, 1, 300)
    target = np.sin(3 * inputs)
    if kind == "errors in the tail":
        inputs[generator.uniform(size=300) < 0.03] *= 1000
    return np.column_stack([inputs, target])


@pytest.mark.parametrize(
    ("kind", "relation", "words"),
    [
        ("errors in the tail", "better", "Tukey fences lowers test MAE by"),
        ("signal in the tail", "worse", "which is worse than no input clamp"),
        ("no tail", "identical", "Tukey fences never fired: it is identical to no input clamp."),
    ],
)
def test_the_verdict_says_what_was_planted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, relation: str, words: str
) -> None:
    monkeypatch.setenv("CLIPVIZ_HOME", str(tmp_path / "home"))
    table = tmp_path / "planted.csv"
    np.savetxt(table, planted(kind), delimiter=",", header="x,y", comments="", fmt="%.6f")
    fields = {
        "activation.id": "none", "gradient.id": "none", "training.epochs": 25, "training.batch_size": 32,
        "optimiser.learning_rate": 0.02,
    }  # fmt: skip
    swept = clipviz.sweep(
        table, "y", set=fields, vary={"inputs.default.id": ["tukey"]}, seeds=6, device="cpu"
    )
    assert swept.verdict is not None
    assert swept.verdict.comparisons[0].relation == relation, swept.verdict.sentence
    assert words in swept.verdict.sentence
