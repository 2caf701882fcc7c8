"""Names are unique, short and honest."""

from hypothesis import given, settings
from hypothesis import strategies as st

from clipviz.datasets.names import LONGEST, clean


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.one_of(st.text(max_size=300), st.sampled_from(["a", "a (2)", "", "column 2", "x" * 300])),
        max_size=20,
    )
)
def test_names_are_unique_short_and_keep_the_original(raw):
    found = clean(raw)
    names = [name for name, _ in found]
    assert len(set(names)) == len(names) == len(raw)
    assert all(0 < len(name) <= LONGEST and name.isprintable() for name in names)
    assert all(
        title == ("" if name == original else original)
        for (name, title), original in zip(found, raw, strict=True)
    )
    assert clean(names) == tuple((name, "") for name in names)


def test_examples():
    assert clean(["a", "a", "", "  b \n c ", "column 3"]) == (
        ("a", ""),
        ("a (2)", "a"),
        ("column 3 (2)", ""),
        ("b c", "  b \n c "),
        ("column 3", ""),
    )
