import pytest

from clipviz.core.ids import content_id, is_id, new_id


@pytest.mark.parametrize(
    "text", ["", "g" * 16, "0" * 15, "0" * 17, "0" * 16 + "\n", "../" * 5 + "x", None, 7, "A" * 16]
)
def test_what_is_no_id(text: object) -> None:
    assert not is_id(text)


def test_ids_have_the_pattern() -> None:
    assert is_id(new_id())
    assert is_id(content_id(b"x"))
    assert new_id() != new_id()


def test_content_ids_depend_on_content_and_on_where_parts_end() -> None:
    assert content_id("ab") == content_id(b"ab") == content_id([b"a", b"b"])
    assert content_id("a", "b") != content_id("ab")
