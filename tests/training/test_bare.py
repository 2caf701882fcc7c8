"""Training on a bare GPU node: torch, numpy, pydantic and safetensors, nothing else of the project's needs."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
absent = ("pandas", "pyarrow", "duckdb", "sklearn", "scipy", "sqlalchemy", "alembic", "streamlit", "plotly", "altair")
sys.modules.update(dict.fromkeys((*absent, "typer", "filelock", "psutil", "python_calamine"), None))
from pathlib import Path
from tests.training.conftest import Ear, recipe, regression
from clipviz.training.loop import train
made = recipe(training__epochs=2, activation__id="learned_tanh", gradient__id="global_norm")
state, result = train(made, regression(), Ear(), device="cpu", folder=Path(sys.argv[1]))
assert result.metrics["mae"] is not None
"""


def test_it_needs_nothing_else(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
