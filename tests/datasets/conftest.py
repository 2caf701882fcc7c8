"""What the tests of datasets share: a home of their own, files from text, and the real data where it is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clipviz.core.settings import Settings
from tests.conftest import REAL_DATA


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read files in this process: the same jobs without half a second of start each."""
    from clipviz.datasets import ingest, jobs

    monkeypatch.setattr(
        ingest,
        "run",
        lambda job, request, settings, listener=None: jobs.JOBS[job]({"memory_mb": 1000, **request}),
    )


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """write("a,b\\n1,2\\n") -> a file with these bytes; text is written as UTF-8."""

    def _write(content: str | bytes, name: str = "table.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return _write


@pytest.fixture
def real() -> Callable[[str], Path]:
    """real("boston_housing.csv") -> its path, or a skip that says what is not there."""

    def _real(name: str) -> Path:
        path = REAL_DATA / name
        if not path.is_file():
            pytest.skip(f"{name} is not in {REAL_DATA}; set CLIPVIZ_DATASETS to the folder of the real data")
        return path

    return _real
