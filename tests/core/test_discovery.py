from pathlib import Path

import pytest

from clipviz.core.discovery import build, discover
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice

POLICY = "from pydantic import BaseModel\nclass Policy(BaseModel):\n    limit: float = 1.0\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / f"found_{tmp_path.name}"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "base.py").write_text("class Base: ...\n")
    (folder / "_private.py").write_text("raise RuntimeError('never imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


def test_a_new_file_is_found_by_its_name(package: Path) -> None:
    (package / "strict.py").write_text(POLICY)
    assert list(discover(package.name)) == ["strict"]
    assert build(package.name, Choice.of("strict", limit=2)).limit == 2.0


def test_a_broken_module_is_loud(package: Path) -> None:
    (package / "broken.py").write_text("1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        discover(package.name)


def test_a_module_holds_one_public_class(package: Path) -> None:
    (package / "two.py").write_text("class A: ...\nclass B: ...\n")
    with pytest.raises(TypeError, match="exactly one public class; it holds A, B"):
        discover(package.name)


def test_an_unknown_id_and_a_wrong_field_are_named(package: Path) -> None:
    (package / "strict.py").write_text(POLICY)
    with pytest.raises(InvalidRecipe, match=r"must be one of strict; received 'lax'"):
        build(package.name, Choice.of("lax"))
    with pytest.raises(InvalidRecipe, match=r"strict: limit: .*received 'much'"):
        build(package.name, Choice.of("strict", limit="much"))
