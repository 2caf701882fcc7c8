"""A column of prose as ids."""

import numpy as np
import pytest

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Text
from clipviz.datasets.word_features import read

TEXTS = ["the cat sat on the mat", None, "the dog", "a zebra, the zebra!", ""]
TRAIN = np.array([0, 1, 2])


def test_ids_are_of_the_training_rows_words_and_others_are_unknown() -> None:
    found = read(Text(column="t", length=4, least=1), TEXTS, TRAIN)
    assert found.words == ("the", "cat", "dog", "mat", "on", "sat")
    assert found.ids.tolist() == [[2, 3, 7, 6], [0] * 4, [2, 4, 0, 0], [1, 1, 2, 1], [0] * 4]
    assert "30.0% of all words are others" in found.note


def test_changing_a_text_outside_training_changes_no_id_of_training() -> None:
    other = [*TEXTS[:3], "cat cat cat dog", "mat"]
    how = Text(column="t", length=4, least=1)
    before, after = read(how, TEXTS, TRAIN), read(how, other, TRAIN)
    assert before.words == after.words and (before.ids[:3] == after.ids[:3]).all()


def test_a_vocabulary_has_at_most_so_many_words() -> None:
    assert read(Text(column="t", words=2, least=1), TEXTS, TRAIN).words == ("the", "cat")


def test_no_word_at_all_is_refused() -> None:
    with pytest.raises(InvalidRecipe, match=r"at least 9 times.*Lower data\.text\.least"):
        read(Text(column="t", least=9), TEXTS, TRAIN)
