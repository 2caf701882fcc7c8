import pytest

from clipviz.core.errors import StaleAttempt
from clipviz.core.run import Run
from clipviz.store import Store

from .conftest import NOON


def test_sentences_in_order_and_news_only(store: Store, running: Run) -> None:
    store.events.append(running.id, 1, 410, "spike", "step 410: gradient norm 38 -> 1.0, the 3rd spike")
    started, spike = store.events.list(running.id)
    assert started.text == "started by host:1"
    assert (spike.step, spike.kind, spike.attempt, spike.at) == (410, "spike", 1, NOON)
    assert store.events.list(running.id, after=started.key) == [spike]
    assert store.events.list("e" * 16) == []


def test_long_texts_are_cut(store: Store, running: Run) -> None:
    store.events.append(running.id, 1, 0, "info", "x" * 5000)
    assert len(store.events.list(running.id)[-1].text) == 2000


def test_an_older_attempt_is_refused(store: Store, running: Run) -> None:
    with pytest.raises(StaleAttempt, match="Only the newest attempt of a run may write to its log"):
        store.events.append(running.id, 0, 0, "info", "late")
