"""Prose: tokens, a vocabulary of the training rows only, ids in order, and what a column of it looks like."""

import numpy as np
import pytest

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Data, Recipe, Text
from clipviz.datasets import files, table, text
from clipviz.datasets.ingest import ingest
from clipviz.datasets.text import Tokens


@pytest.mark.parametrize(
    ("prose", "tokens"),
    [
        ("Great film!<br /><br />Don’t miss it.", ["great", "film", "don't", "miss", "it"]),
        ("<b>5</b> &amp; 6 &lt; 7", ["5", "6", "7"]),
        ("a<b and c>d", ["a", "b", "and", "c", "d"]),
        ("x<y and y>z", ["x", "y", "and", "y", "z"]),
        ("<a href=\"x > y\">it</a><IMG src=a.png alt='b'/>s<!-- no\nword -->", ["it", "s"]),
        ('<a href="page" target=_blank>it</a>', ["it"]),
        ("x < y", ["x", "y"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("Москва, 東京", ["москва", "東", "京"]),
        ("我爱你。GPU訓練", ["我", "爱", "你", "gpu", "訓", "練"]),
        ("すごいゲーム", ["す", "ご", "い", "ゲ", "ー", "ム"]),
        ("좋은 영화", ["좋은", "영화"]),
        ("snake_case", ["snake", "case"]),
        ("...", []),
        ("", []),
    ],
)
def test_tokens(prose, tokens):
    assert Tokens().of(prose) == tokens


def test_case_and_punctuation_are_choices():
    assert Tokens(lower=False, punctuation=True).of("No! No.") == ["No", "!", "No", "."]


def test_the_vocabulary_is_ranked_and_bounded():
    found = text.fit(["b a b", "a b c", None, "d"], least=2)
    assert found.words == ("b", "a") and len(found) == 4
    assert text.fit(["c b a", "a b c"], most=2).words == ("a", "b")
    ids, lengths = found.encode(["a b z a", None, "b"], 3)
    assert ids.tolist() == [[3, 2, text.UNKNOWN], [0, 0, 0], [2, 0, 0]]
    assert (ids.dtype, lengths.tolist()) == (np.int32, [3, 0, 1])
    with pytest.raises(ValueError, match="at least 1, not 0"):
        found.encode(["a"], 0)


def test_a_profile_counts_every_text_and_word():
    found = text.describe("p", [["a b", None], ["a", "a b c d"]])
    assert (found.texts, found.words, found.vocabulary, found.once) == (3, 7, 4, 2)
    assert found.frequent[:2] == (("a", 3), ("b", 2))
    assert sum(found.lengths.counts) == 3 and found.quantiles["0.5"] == 2
    assert text.describe("p", [[None]]) == text.TextProfile(name="p", texts=0)


@pytest.fixture
def reviews(settings, write, in_process):
    """reviews(changed) -> a table; row 0..59, the words of one test row may be changed."""

    def _load(column="review", target="label", changed=(), **options):
        rows = [f"this is review number {n} with some more words in it and word{n % 7}" for n in range(60)]
        for place in changed:
            rows[place] += " fresh fresh fresh"
        body = "".join(f"{row},{'good' if n % 2 else 'bad'}\n" for n, row in enumerate(rows))
        dataset = ingest(write("review,label\n" + body), "r.csv", settings)
        read = Text(column=column, **options)
        return table.load(settings, dataset, Recipe(data=Data(dataset=dataset.id, target=target, text=read)))

    return _load


def test_the_vocabulary_never_sees_a_test_row(reviews):
    found = reviews(length=5)
    assert found.inputs.shape == (60, 5) and found.classes == ("bad", "good")
    assert all(feature.token for feature in found.features)
    again = reviews(length=5, changed=found.test.tolist())
    assert again.words == found.words
    assert "fresh" in reviews(changed=found.train.tolist()).words
    assert "100% of the texts are as long or longer" in found.notes[-1]


def test_refusals(reviews):
    with pytest.raises(InvalidRecipe, match="text must be a column of the dataset; received 'other'"):
        reviews("other")
    with pytest.raises(
        InvalidRecipe, match="column of prose beside the target; received 'label', the target"
    ):
        reviews("label")


def test_imdb_is_ready(settings, real):
    dataset = ingest(real("imdb_subset.csv"), "imdb.csv", settings)
    known = files.texts(settings, dataset.id)["review"]
    assert known.texts == dataset.rows and known.frequent[0][0] == "the"
    assert "br" not in [word for word, _ in known.frequent]
    recipe = Recipe(data=Data(dataset=dataset.id, target="sentiment", text=Text(column="review")))
    found = table.load(settings, dataset, recipe)
    assert found.inputs.shape == (dataset.rows, 200) and found.inputs.max() < len(found.words) + 2
