import threading

import pytest

from clipviz.core.errors import Conflict, StoreUnavailable
from clipviz.runs.patience import pauses, persist


class Flaky:
    def __init__(self, failures: int) -> None:
        self.calls, self.failures = 0, failures

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.failures:
            raise StoreUnavailable("The database is locked by another process")
        return "written"


def test_pauses_double_up_to_the_longest() -> None:
    assert pauses(1.0) == [0.1, 0.2, 0.4, 0.8, 1.0]


def test_it_tries_until_it_works() -> None:
    act = Flaky(2)
    assert persist(act) == "written" and act.calls == 3


def test_it_gives_up_in_the_end() -> None:
    act = Flaky(1000)
    with pytest.raises(StoreUnavailable, match="locked by another process"):
        persist(act, seconds=0.2)
    assert act.calls == 2


def test_enough_is_enough() -> None:
    enough = threading.Event()
    enough.set()
    with pytest.raises(StoreUnavailable):
        persist(Flaky(1), enough=enough)


def test_other_errors_pass_at_once() -> None:
    def act() -> None:
        raise Conflict("This run has finished already")

    with pytest.raises(Conflict):
        persist(act)
