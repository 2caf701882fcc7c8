from datetime import UTC, datetime, timedelta

import pytest

from clipviz.ui.text import ago, counted, escape, number, plain, share, size


@pytest.mark.parametrize(
    "attack",
    [
        "![x](http://elsewhere/x.png)",
        "[a](http://b)",
        "<b>bold</b>",
        ":red[no]",
        "**loud**",
        "`code`",
        "$x^2$",
        "# title",
    ],
)
def test_escaped_text_keeps_no_live_markup(attack: str) -> None:
    escaped = escape(attack)
    assert escaped.replace("\\", "") == attack
    for index, character in enumerate(escaped):
        if character in "![]()<>*`$#:_":
            assert escaped[index - 1] == "\\"


def test_plain_text_loses_control_and_direction_characters_and_is_cut() -> None:
    assert plain("a\u202eb\x00c\nd") == "abc d"
    assert plain("x" * 10_000, 80) == "x" * 79 + "…"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (float("nan"), "NaN"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (53940, "53,940"),
        (2.34567, "2.346"),
        (0.00012345, "0.0001234"),
        (123456.789, "123,457"),
        (1.5e-9, "1.500e-09"),
        (0.0, "0"),
    ],
)
def test_numbers_read_as_people_write_them(value: float | None, shown: str) -> None:
    assert number(value) == shown


def test_a_small_share_does_not_read_as_none() -> None:
    assert share(3, 53940) == "0.0056 %"
    assert share(0, 10) == "0 %"
    assert share(1, 0) == "0 %"
    assert share(50, 100) == "50 %"


def test_sizes_and_moments() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert [size(512), size(35735), size(2_772_143)] == ["512 B", "35.7 kB", "2.8 MB"]
    assert ago(now - timedelta(minutes=3, seconds=5), now) == "3 minutes ago"
    assert ago(now - timedelta(hours=1), now) == "1 hour ago"
    assert ago(now, now) == "just now"
    assert ago(None, now) == "–"


def test_nouns_follow_their_counts() -> None:
    assert [counted(0, "row"), counted(1, "row"), counted(2000, "row")] == ["0 rows", "1 row", "2,000 rows"]
    assert counted(2, "class", "classes") == "2 classes"
