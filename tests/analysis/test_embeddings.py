"""Vectors of words before and behind their clips."""

import numpy as np
import pytest
import torch
from torch import nn

from clipviz.analysis.embeddings import WORDS, starting
from clipviz.core.recipe import Choice, Data, Recipe


def recipe(**changes: object) -> Recipe:
    return Recipe(data=Data(dataset="0" * 16, target="y"), model=Choice.of("lstm", embedding=16), **changes)


def test_they_are_those_of_a_new_embedding() -> None:
    found = starting(recipe(seed=3))
    torch.manual_seed(3)
    expected = nn.Embedding(WORDS, 16).weight.detach().numpy()
    np.testing.assert_array_equal(found.values, expected.ravel())
    np.testing.assert_allclose(found.norms, np.linalg.norm(expected, axis=1), rtol=1e-6)
    assert np.array_equal(found.values, found.clamped_values)


def test_a_norm_and_a_value_clip_bound_what_they_say() -> None:
    by_norm = starting(recipe(clips_at={"embedding": (Choice.of("vector_norm", max_norm=3.0),)}))
    assert by_norm.clamped_norms == pytest.approx(np.minimum(by_norm.norms, 3.0), rel=1e-5)
    chain = (Choice.of("fixed", theta=1.0), Choice.of("vector_norm", max_norm=2.0))
    both = starting(recipe(clips_at={"embedding": chain}))
    assert abs(both.clamped_values).max() <= 1.0 and both.clamped_norms.max() <= 2.0 + 1e-5


def test_a_clip_that_measures_its_start_does_so_on_these_words() -> None:
    found = starting(recipe(clips_at={"embedding": (Choice.of("learned_hard", start=None),)}))
    cut = (found.values != found.clamped_values).mean()
    assert 0 < cut < 0.1
