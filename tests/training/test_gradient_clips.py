"""Every gradient clip inside a training run: its numbers reach the row, and its memory the checkpoint."""

from pathlib import Path

import pytest
import torch

from clipviz.core.discovery import discover
from clipviz.training import checkpoint
from clipviz.training.assembly import Assembly, assemble
from clipviz.training.journal import Journal
from clipviz.training.progress import Progress

from .conftest import recipe, regression

CLIPS = discover("clipviz.policies.gradients")
QUICK = {"warmup": 6, "window": 8}
"""So that short runs reach what a clip does after its warm-up."""


def begun(name: str) -> tuple[Assembly, Progress]:
    """A run under a clip, before its first step."""
    quick = {f"gradient__{field}": QUICK[field] for field in CLIPS[name].model_fields.keys() & QUICK}
    made = recipe(gradient__id=name, activation__id="learned_tanh", optimiser__id="sgd", **quick)
    assembly = assemble(made, regression(), "cpu")
    return assembly, Progress(assembly, made, "cpu")


@pytest.mark.parametrize("name", CLIPS)
def test_a_step_says_what_the_clip_did(name: str) -> None:
    assembly, progress = begun(name)
    clipper, seen = assembly.clipper, []
    for at in range(26):
        if at == 20:
            assembly.train.goal[7] = 3000.0  # in one batch of five
        progress.advance()
        said = dict(zip(assembly.step.series, assembly.step.row[0].tolist(), strict=True))
        seen.append(said)
        assert said["gradient_norm_clipped"] <= said["gradient_norm"] * (1 + 1e-6)
        assert said["coefficient"] == pytest.approx(said["gradient_norm_clipped"] / said["gradient_norm"])
        if clipper.limit.isfinite().all():
            assert said["gradient_limit"] == pytest.approx(clipper.limit.item()), (
                "the limit of this very step"
            )
        assert ("cosine" in said) == clipper.turns and 0 < said.get("cosine", 1.0) <= 1
    assert assembly.flat.weights.isfinite().all()
    acted = any(said["fired"] or said["skipped"] for said in seen)
    assert acted == (name not in ("none", "skip_non_finite"))


@pytest.mark.parametrize("name", [name for name in CLIPS if begun(name)[0].clipper.state()])
def test_a_run_that_comes_back_goes_on_to_the_bit(name: str, tmp_path: Path) -> None:
    (first, before), (second, after) = begun(name), begun(name)
    for _ in range(12):
        before.advance()
    before.save(tmp_path, Journal())
    saved = checkpoint.read(tmp_path)
    assert saved is not None and any(at.startswith("clipper.") for at in saved.tensors)
    after.restore(saved, Journal())
    for _ in range(12):
        before.advance()
        after.advance()
        assert torch.equal(first.step.row.nan_to_num(), second.step.row.nan_to_num())
    assert torch.equal(first.flat.weights, second.flat.weights)


def test_a_spike_that_is_left_out_moves_nothing() -> None:
    assembly, progress = begun("skip_spike")
    skips = 0
    for at in range(26):
        if at == 20:
            assembly.train.goal[7] = 3000.0
        before = assembly.flat.weights.clone()
        progress.advance()
        skipped = bool(assembly.step.row[0, assembly.step.series.index("skipped")])
        assert torch.equal(before, assembly.flat.weights) == skipped
        skips += skipped
    assert skips == 1


def test_the_scale_of_float16_comes_back_too(tmp_path: Path) -> None:
    made = recipe(training__precision="float16")
    first, second = (assemble(made, regression(), "cpu") for _ in range(2))
    first.step.state()["scale"].fill_(8.0)
    Progress(first, made, "cpu").save(tmp_path, Journal())
    saved = checkpoint.read(tmp_path)
    assert saved is not None
    Progress(second, made, "cpu").restore(saved, Journal())
    assert second.step.state()["scale"].item() == 8
