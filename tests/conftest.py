"""What every test shares: a home of its own, and the real data where it is."""

import os
from pathlib import Path

import pytest

from clipviz.core.settings import Settings

ROOT = Path(__file__).parents[1]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a home that nobody else uses."""
    return Settings(home=tmp_path / "home")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets; skips, and says so, where it is absent."""
    folder = Path(os.environ.get("CLIPVIZ_DATASETS", ROOT.parent / "shared" / "datasets"))
    if not (folder / "boston_housing.csv").exists():
        pytest.skip(
            f"no real data in {folder}: set CLIPVIZ_DATASETS to the folder that holds boston_housing.csv"
        )
    return folder
