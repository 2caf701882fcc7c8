from datetime import UTC, datetime, timedelta

import pytest

from clipviz.core.times import ago

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(milliseconds=900), "just now"),
        (timedelta(seconds=1), "1 second ago"),
        (timedelta(seconds=59), "59 seconds ago"),
        (timedelta(minutes=3, seconds=59), "3 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(days=400), "400 days ago"),
    ],
)
def test_the_largest_whole_unit(length: timedelta, words: str) -> None:
    assert ago(NOW - length, NOW) == words
