import pickle

from clipviz.core.errors import ClipvizError, NotFound


def test_an_error_says_rule_received_and_remedy() -> None:
    error = ClipvizError("A split needs rows.", 0, "Upload more")
    assert str(error) == "A split needs rows; received 0. Upload more."
    assert str(ClipvizError("Nothing here")) == "Nothing here."


def test_an_error_crosses_processes() -> None:
    again = pickle.loads(pickle.dumps(NotFound("Gone", "'x'", "Look elsewhere")))
    assert isinstance(again, NotFound)
    assert str(again) == "Gone; received 'x'. Look elsewhere."
