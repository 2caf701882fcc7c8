"""Every encoding that is offered can be read, and every one that is guessed is offered."""

import codecs

import pytest

from clipviz.datasets.encodings import ALPHABETS, check
from clipviz.ui.reading_encodings import offered


@pytest.mark.parametrize("name", offered(None))
def test_each_is_known(name):
    assert check(name) == name


def test_no_encoding_is_offered_twice_and_guesses_are_among_them():
    names = [codecs.lookup(name).name for name in offered(None)]
    assert len(set(names)) == len(names)
    assert {codecs.lookup(name).name for name in (*ALPHABETS, "windows-1252", "latin-1", "mac_roman")} <= set(
        names
    )


def test_the_present_one_is_offered_as_well():
    assert next(iter(offered("cp437"))) == "cp437" and "cp437" not in offered(None)
