from pathlib import Path

import pytest

from clipviz.core.errors import NotFound
from clipviz.core.settings import Settings
from clipviz.datasets import at_hand, named


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(id: str, *_: object) -> str:
        return f"downloaded {id}"

    monkeypatch.setattr(named, "load", load)


def test_a_part_says_how_much_of_the_whole_it_is(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(at_hand.VARIABLE, str(tmp_path))
    assert at_hand.find("imdb", settings) == "downloaded imdb", "the folder does not have it"
    rows = "".join(f"a film,{mood}\n" for mood in ("positive", "negative") * 6)
    (tmp_path / "imdb_subset.csv").write_text(f"review,sentiment\n{rows}")
    found = at_hand.find("imdb", settings, "Ada")
    assert (found.name, found.target) == ("IMDB reviews, 12 of 50,000 rows", "sentiment")
    assert at_hand.find("imdb", settings, whole=True) == "downloaded imdb"


def test_what_was_downloaded_comes_first(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(at_hand.VARIABLE, str(tmp_path))
    (tmp_path / "imdb_subset.csv").write_text("review,sentiment\na,b\n")
    place = named.folder(settings, "imdb")
    place.mkdir(parents=True)
    (place / "aclImdb_v1.tar.gz").write_bytes(b"there")
    assert at_hand.find("imdb", settings) == "downloaded imdb"
    with pytest.raises(NotFound, match="known by name; received 'nothing'"):
        at_hand.find("nothing", settings)
