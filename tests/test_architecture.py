"""The layers of the house: imports point down only, and heavy libraries stay in their rooms."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

MAY_IMPORT = {
    "core": set(),
    "store": {"core"},
    "datasets": {"core"},
    "policies": {"core"},
    "models": {"policies", "core"},
    "training": {"models", "policies", "datasets", "core"},
    "analysis": {"training", "models", "policies", "datasets", "store", "core"},
    "runs": {"training", "models", "policies", "datasets", "store", "core"},
    "charts": {"core", "policies"},
    "ui": {"catalogue", "charts", "runs", "analysis", "models", "policies", "datasets", "store", "core"},
    "catalogue": {"core"},
    "cli": {
        "facade",
        "reruns",
        "recommending",
        "terminal",
        "progress_line",
        "arguments",
        "runs",
        "analysis",
        "core",
    },
    "recommending": {"given", "home", "runs", "analysis", "store", "core"},
    "reruns": {"home", "runs", "analysis", "datasets", "store", "core"},
    "home": {"store", "core"},
    "terminal": {"catalogue", "analysis", "core"},
    "given": {"runs", "datasets", "store", "core"},
    "facade": {
        "given",
        "catalogue",
        "home",
        "runs",
        "analysis",
        "training",
        "models",
        "policies",
        "datasets",
        "store",
        "core",
    },
}
ROOMS = {
    "streamlit": {"app", "pages", "ui"},
    "plotly": {"charts", "ui/routes"},
    "altair": {"charts"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "duckdb": {"datasets"},
    "torch": {"training", "models", "policies", "analysis", "runs"},
}
TRAINING_HALF = ("core", "policies", "models", "training")
TRAINING_NEEDS = {"torch", "numpy", "pydantic", "pydantic_core", "safetensors", "clipviz"}


def sources() -> list[Path]:
    return sorted([*ROOT.glob("clipviz/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"])


def layer(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[0] if parts[0] != "clipviz" else parts[1]


def imported(path: Path) -> set[str]:
    """Full dotted names of every import of a file, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down_only(path: Path) -> None:
    own = layer(path)
    below = MAY_IMPORT.get(own)
    if below is None:  # app, pages, the package's own __init__ and __main__ stand on top
        return
    for name in imported(path):
        package, _, rest = name.partition(".")
        if package == "clipviz" and rest:
            target = rest.split(".")[0]
            if target in MAY_IMPORT:
                assert target == own or target in below, f"{own} may not import {name}"
        assert package != "pages", f"{own} may not import a page"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_heavy_libraries_stay_in_their_rooms(path: Path) -> None:
    file = "/".join(path.relative_to(ROOT).with_suffix("").parts[1:])
    for name in imported(path):
        rooms = ROOMS.get(name.split(".")[0])
        assert rooms is None or layer(path) in rooms or file in rooms, f"{file} may not import {name}"


@pytest.mark.parametrize("part", TRAINING_HALF)
def test_training_half_needs_little(part: str) -> None:
    for path in ROOT.glob(f"clipviz/{part}/**/*.py"):
        for name in imported(path):
            package = name.split(".")[0]
            assert package in TRAINING_NEEDS or package in sys.stdlib_module_names, f"{path} needs {package}"


def test_pages_hold_no_maths() -> None:
    for path in ROOT.glob("pages/*.py"):
        packages = {name.split(".")[0] for name in imported(path)}
        assert not packages & {"torch", "numpy", "sqlalchemy", "plotly", "altair", "duckdb"}, path


def test_nothing_beside_the_main_script_hides_another_module() -> None:
    """Streamlit puts the main script's folder first on the import path."""
    names = {path.stem for path in (ROOT / "clipviz/ui").glob("*.py")} - {"__init__"}
    assert not names & (sys.stdlib_module_names | {"streamlit", "plotly", "pandas", "numpy", "clipviz"})


def test_web_process_starts_without_torch() -> None:
    """Everything that the web process imports for any page, in a fresh interpreter."""
    code = (
        "import sys, importlib, pkgutil, clipviz.ui, clipviz.charts\n"
        "for package in (clipviz.ui, clipviz.charts):\n"
        "    for info in pkgutil.iter_modules(package.__path__):\n"
        "        if info.name != 'main':\n"
        "            importlib.import_module(f'{package.__name__}.{info.name}')\n"
        "from clipviz.core.discovery import discover\n"
        "for name in ('policies.inputs', 'policies.activations', 'policies.gradients', 'models'):\n"
        "    discover(f'clipviz.{name}')\n"
        "discover('clipviz.training.optimisers')\n"
        "heavy = {'torch', 'sklearn', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
