from typing import Any

import pytest

from clipviz.analysis import chooser
from clipviz.analysis.chooser import choose


def policy(name: str, *traits: str, fields: int = 0, teaching: bool = False) -> Any:
    members = {
        "traits": frozenset(traits),
        "model_fields": dict.fromkeys(range(fields)),
        "teaching": teaching,
    }
    return type(name, (), {"title": name, **members})


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        "none": policy("None", "export", "moving", "stability"),
        "plain": policy("Plain", "moving", fields=1),
        "rich": policy("Rich", "moving", "stability", fields=5),
        "specimen": policy("Specimen", "moving", "stability", teaching=True),
        "simple": policy("Simple", "moving", "stability", fields=2),
    }
    monkeypatch.setattr(chooser, "discover", lambda package: found)


def test_who_meets_most_comes_first_and_the_simpler_of_two() -> None:
    assert [answer.id for answer in choose("activations", ["moving", "stability"])] == [
        "simple",
        "rich",
        "plain",
    ]


def test_the_reason_is_made_of_what_was_asked_and_declared() -> None:
    best = choose("activations", ["stability", "moving", "sparsity"])[0]
    assert best.met == ("moving", "stability") and best.missed == ("sparsity",)
    assert best.reason == (
        "its bound is learned, or follows the run, and it holds when single values or steps explode."
    )


def test_nothing_wanted_or_nothing_offered_is_no_answer() -> None:
    assert choose("activations", []) == []
    assert choose("activations", ["control"]) == []
