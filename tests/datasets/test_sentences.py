"""What is said of a dataset that has been read."""

from clipviz.core.dataset import Reading
from clipviz.datasets.sentences import about, whole
from clipviz.datasets.staging import Sketch


def test_of_a_whole_file_nothing_provisional_is_said_and_nothing_twice() -> None:
    sketch = Sketch(columns=(), rows=[], seen=1000, rejected=[], notes=("A note.",), complete=False)
    first = about(Reading(format="delimited", delimiter=";", encoding="utf-8"), sketch)
    assert any("first 1,000 rows" in sentence for sentence in first)
    said = whole(first, ["A note.", "Another."])
    assert not any("first 1,000 rows" in sentence for sentence in said)
    assert said[-2:] == ["A note.", "Another."] and len(said) == len(set(said)) == len(first)
