"""The CSV of tables on pages, and of figures."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import clipviz.ui
from clipviz.ui import spreadsheet
from clipviz.ui.drawing import dragged

POINTS = Path(clipviz.ui.__file__).parent / "live" / "points.js"
FORMULAS = ("=evil()", "+cmd", "-1+2", "@SUM(1)", "\tx")


def test_numbers_are_kept_in_full_and_nothing_is_a_formula() -> None:
    frame = pd.DataFrame(
        {
            "=name": FORMULAS,
            "value": [1 / 3, -2.5, None, 1e300, 0],
            "bars": [[1, 2]] * 5,
            "said": ["-1,234 %"] * 5,
        }
    )
    lines = spreadsheet.text(frame).splitlines()
    assert lines[0] == "'=name,value,bars,said"
    assert lines[1] == f'\'=evil(),{1 / 3},1 2,"-1,234 %"'
    assert lines[3] == '\'-1+2,,1 2,"-1,234 %"'
    assert all(line.startswith("'") for line in lines[1:])


def test_rows_may_have_names() -> None:
    frame = pd.DataFrame({"mae": [1.5]}, index=["=test"])
    assert spreadsheet.text(frame, index=True) == ",mae\n'=test,1.5\n"


def figure(traces: list[dict[str, Any]], layout: dict[str, Any]) -> list[str]:
    program = (
        "const [path, traces, layout] = process.argv.slice(1);"
        "import(path).then(({ csv }) => process.stdout.write(csv(JSON.parse(traces), JSON.parse(layout))));"
    )
    command = ["node", "-e", program, POINTS.as_uri(), json.dumps(traces), json.dumps(layout)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    return said.stdout.splitlines()


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_a_figure_says_every_point_with_the_words_of_its_axes() -> None:
    layout = {
        "xaxis": {"title": {"text": "a &lt;b&gt;"}},
        "yaxis": {"title": {"text": "=arm"}, "tickvals": [0, 1], "ticktext": ["@one<br><sub>better</sub>", "two"]},
    }  # fmt: skip
    error = {"visible": True, "array": [0.5], "arrayminus": [0.25]}
    bars = {
        "type": "bar",
        "name": "=series",
        "x": [-1.5, None],
        "y": [3, 4],
        "customdata": ["-2 to -1", "+x"],
    }
    point = {"type": "scatter", "name": "", "x": [2], "y": [0], "error_x": error}
    surface = {"type": "heatmap", "name": "h", "x": [5, 6], "y": [1], "z": [[0.5, None]]}
    assert figure([bars, point, surface, {"type": "contour"}], layout) == [
        '"series","a <b>","\'=arm","value","about","x_low","x_high"',
        '"\'=series",-1.5,3,,"-2 to -1",,',
        '"\'=series",,4,,"\'+x",,',
        '"",2,"\'@one better",,,1.75,2.5',
        '"h",5,"two",0.5,,,',
        '"h",6,"two",,,,',
    ]


@pytest.mark.parametrize("said", [None, "", [1], [1, "x"], [1, float("nan")], {"x": [1, 2]}, [1, 2, 3]])
def test_what_a_browser_says_is_no_range(said: object) -> None:
    assert dragged(said) is None


def test_a_drag_may_go_either_way() -> None:
    assert dragged([3, -1.5]) == (-1.5, 3.0)


def test_rows_grow_with_the_longest_name_until_a_table_scrolls() -> None:
    assert spreadsheet.room(["short"], 210, 4) == {}
    two = spreadsheet.room(["short", "x" * 60], 210, 4)
    assert two == {"row_height": 66, "height": 35 + 4 * 66 + 3}, "lower rows cut"
    assert spreadsheet.room(["x" * 1000], 210, 90) == {"row_height": 135, "height": 720}
    assert spreadsheet.room([], 210, 0) == {}
