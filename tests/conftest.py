"""What every test shares: a home of its own, and the real data where it is."""

import os
from pathlib import Path

import pytest

from clipviz.core.settings import Settings

ROOT = Path(__file__).parents[1]
REAL_DATA = Path(os.environ.get("CLIPVIZ_DATASETS", ROOT.parent / "shared" / "datasets"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a home that nobody else uses."""
    return Settings(home=tmp_path / "home")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets; skips, and says so, where it is absent."""
    if not (REAL_DATA / "boston_housing.csv").exists():
        pytest.skip(
            f"no real data in {REAL_DATA}: set CLIPVIZ_DATASETS to the folder that holds boston_housing.csv"
        )
    return REAL_DATA
