from pathlib import Path

import pytest
from pydantic import ValidationError

from clipviz.core.settings import Settings


def test_every_field_is_read_from_the_environment() -> None:
    given = Settings.from_environment({"CLIPVIZ_HOME": "/srv/clipviz", "CLIPVIZ_SLOTS": "4", "OTHER": "x"})
    assert given.slots == 4
    assert given.datasets == Path("/srv/clipviz/datasets")
    assert given.store_url == "sqlite:////srv/clipviz/clipviz.db"
    assert Settings.from_environment({"CLIPVIZ_STORE": "postgresql://x/y"}).store_url == "postgresql://x/y"


def test_a_wrong_value_is_named() -> None:
    with pytest.raises(ValidationError, match="slots"):
        Settings.from_environment({"CLIPVIZ_SLOTS": "0"})


@pytest.mark.parametrize("value", ["inf", "nan"])
def test_every_number_is_finite(value: str) -> None:
    with pytest.raises(ValidationError, match="lease_seconds"):
        Settings.from_environment({"CLIPVIZ_LEASE_SECONDS": value})


def test_the_readme_names_every_setting() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    for name in Settings.model_fields:
        assert f"CLIPVIZ_{name.upper()}" in readme
