"""A draft in the address bar."""

import base64
import zlib

import pytest

from clipviz.core.dataset import Dataset
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice, Data, Recipe
from clipviz.core.settings import Settings
from clipviz.datasets import samples
from clipviz.runs.defaults import starting
from clipviz.ui import draft_link


@pytest.fixture(scope="module")
def spikes(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return samples.load("spikes", Settings(home=tmp_path_factory.mktemp("home")), "Ada")


def edited(spikes: Dataset) -> Recipe:
    recipe = starting(spikes, spikes.target, {})
    recipe = recipe.replace("inputs.columns.flow", {"id": "fixed", "lo": -1.5, "hi": 1e300})
    return recipe.replace("split.kind", "stratified").replace("seed", 7)


def test_what_is_spelled_is_read_again(spikes: Dataset) -> None:
    text = draft_link.spelled(edited(spikes))
    assert len(text) < 400 and text.replace("-", "").replace("_", "").isalnum()
    assert draft_link.read(text, spikes) == edited(spikes)


def test_a_draft_that_is_too_long_for_a_link_is_left_out(spikes: Dataset) -> None:
    columns = {f"c{i * 7919 % 10007}": Choice.of("fixed", lo=-(i**0.5), hi=i**0.5) for i in range(400)}
    inputs = edited(spikes).inputs.model_copy(update={"columns": columns})
    assert draft_link.spelled(edited(spikes).model_copy(update={"inputs": inputs})) == ""


def packed(document: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(document)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "é",
        "AAAA",
        packed(b"[]"),
        packed(b"{}"),
        packed(b"1"),
        packed(b"[" * 100_000),
        packed(b" " * 2_000_000),
    ],
)
def test_what_is_no_draft_is_a_sentence(spikes: Dataset, text: str) -> None:
    with pytest.raises(InvalidRecipe, match="cannot be read"):
        draft_link.read(text, spikes)


def test_a_link_that_was_cut_is_a_sentence(spikes: Dataset) -> None:
    with pytest.raises(InvalidRecipe, match="cut"):
        draft_link.read(draft_link.spelled(edited(spikes))[:-8], spikes)


def test_changes_of_another_dataset_are_a_sentence(spikes: Dataset) -> None:
    other = Recipe(data=Data(dataset=spikes.id, target="price"))
    with pytest.raises(InvalidRecipe, match="do not fit: The target must be a column"):
        draft_link.read(draft_link.spelled(other), spikes)
