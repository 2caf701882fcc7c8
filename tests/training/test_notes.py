"""Sentences about columns."""

from clipviz.training.notes import Notes


def test_a_sentence_is_said_once_with_its_columns_and_how_many_values_it_is_about() -> None:
    notes = Notes()
    for column, values in (("a", 1), ("b", 0), ("c", 1_200)):
        notes.count(column, values, "value is gone", "values are gone")
    notes.count("d", 1, "row is gone", "rows are gone")
    notes.say("a", "left open")
    notes.say("b", "")
    assert notes.told() == ("a, c: 1,201 values are gone", "d: 1 row is gone", "a: left open")


def test_hundreds_of_columns_are_counted() -> None:
    notes = Notes()
    for place in range(300):
        notes.say(f"p{place}", "left open")
    assert notes.told() == ("p0, p1, p2, p3, p4 and 295 more: left open",)
