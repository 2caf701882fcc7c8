"""Each verdict in a sentence, with its numbers, and with names as they are."""

import pytest

from clipviz.analysis.ranks import Compared
from clipviz.analysis.tail_value import TailValue, Verdict
from clipviz.ui.clamp_tails import sentence


def tail(verdict: Verdict, rows: int = 40, beside: int = 40) -> TailValue:
    return TailValue(
        "upper", verdict, rows, beside, Compared(0.8, 0.0004), (0.3, 0.04), (0.5, 0.0), Compared(0.7, 0.2),
        (9.5, 4.0, 5.0),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("signal", "lies a signal"),
        ("error", "look like errors"),
        ("turns", "turns around"),
        ("no difference", "no difference is found"),
    ],
)
def test_a_verdict_names_its_side_its_rows_and_its_p(verdict: Verdict, words: str) -> None:
    said = sentence(tail(verdict), "x", "[y](http://elsewhere.test)", classes=False)
    assert said.startswith("**Above the upper bound") and words in said
    assert "9.500" in said and "40 rows" in said and "p < 0.001" in said
    assert "](http" not in said
    if verdict != "turns":
        assert "Cramér" in sentence(tail(verdict), "x", "y", classes=True)


def test_too_few_rows_are_said_to_be_few_where_they_are() -> None:
    assert "It has 2 rows" in sentence(tail("too few", rows=2), "x", "y", classes=False)
    assert "only 0 rows inside" in sentence(tail("too few", rows=700, beside=0), "x", "y", classes=True)
    assert "large differences only" in sentence(tail("no difference", rows=4), "x", "y", classes=False)
