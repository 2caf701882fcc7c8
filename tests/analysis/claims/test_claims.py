"""Every claim that is discovered."""

from datetime import UTC, datetime

import pytest

from clipviz.analysis.claims.base import Claim, claim, claims
from clipviz.core.clips import clips
from clipviz.core.dataset import Column, Dataset, ImageShape, Reading
from clipviz.core.errors import NotFound
from clipviz.core.metric import METRICS
from clipviz.core.sweep import Design
from clipviz.datasets import at_hand
from clipviz.runs.check import check
from clipviz.runs.sweeps.variants import variants

COLUMNS = {
    "boston_housing": (Column(name="rm", kind="number"), Column(name="medv", kind="number")),
    "fashion_mnist": (Column(name="label", kind="integer"),),
    "imdb": (Column(name="review", kind="text"), Column(name="sentiment", kind="category")),
}


def dataset(asked: Claim) -> Dataset:
    image = ImageShape(height=28, width=28, channels=1) if asked.data == "fashion_mnist" else None
    return Dataset(
        id="00000000000000d1", name=asked.data, source="s", reading=Reading(), columns=COLUMNS[asked.data],
        kind="images" if image else "table", image=image, rows=100, bytes=1, created_at=datetime.now(UTC),
    )  # fmt: skip


@pytest.mark.parametrize("id", claims())
def test_every_claim_can_be_rerun_against_an_arm_without_its_clip(id: str) -> None:
    asked = claim(id)
    data = dataset(asked)
    design = asked.design(data)
    check(design.recipe, data)
    reference, *arms = variants(design)
    assert arms and all(arm.reference == reference.name for arm in arms)
    assert clips(reference.recipe) == () and all(clips(arm.recipe) for arm in arms)
    assert len(design.seeds) >= 10
    assert asked.said and asked.source and at_hand.described(asked.data)
    assert asked.metrics and set(asked.metrics) <= set(METRICS)


@pytest.mark.parametrize("id", claims())
def test_a_sweep_is_known_for_the_claim_that_it_reruns(id: str) -> None:
    asked, data = claim(id), dataset(claim(id))
    stored = Design.model_validate_json(asked.design(data, range(3)).model_dump_json())
    assert [
        known for known, each in claims().items() if each.data == asked.data and each.is_rerun(stored, data)
    ] == [id]
    on_gpu = stored.model_copy(update={"recipe": stored.recipe.model_copy(update={"device": "cuda"})})
    assert asked.is_rerun(on_gpu, data)
    assert not asked.is_rerun(asked.model_copy(update={"epochs": 1}).design(data), data)


def test_an_unknown_claim_is_a_sentence() -> None:
    with pytest.raises(NotFound, match=r"called by its id; received 'magic'\. Pick one of boston_sigma"):
        claim("magic")
