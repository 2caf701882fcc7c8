from pathlib import Path

import numpy as np

from clipviz.core.recipe import Choice, Data, Recipe
from clipviz.core.settings import Settings
from clipviz.datasets.ingest import ingest
from clipviz.datasets.split import split
from clipviz.runs.sweeps.suggested import suggested

NONE = Choice(id="none")
FAR = np.array([-35.0, 52.0, 121.0])


def of(settings: Settings, file: Path, rows: np.ndarray) -> Recipe:
    file.write_text("x,group,y\n" + "".join(f"{x},{group:.0f},{y}\n" for x, group, y in rows))
    return Recipe(data=Data(dataset=ingest(file, file.name, settings).id, target="y"))


def test_far_out_values_suggest_a_clamp_where_they_are_learned_from_and_none_where_they_judge(
    settings: Settings, tmp_path: Path
) -> None:
    rows = np.random.default_rng(0).normal(size=(300, 3)).round(4)
    rows[:, 1] = np.arange(300) % 70
    train, validation, test = split(len(rows), Recipe(data=Data(dataset="0" * 16, target="y")).split)
    rows[validation[:3], 0] = rows[test[:3], 2] = FAR
    rows[test[3:6], 0] = rows[validation[3:6], 2] = FAR
    judging = of(settings, tmp_path / "judging.csv", rows)
    assert suggested(settings, judging) == {"x": NONE, "group": NONE, "y": NONE}
    rows[train[:3], 0] = rows[train[:3], 2] = FAR
    learned = suggested(settings, of(settings, tmp_path / "learned.csv", rows))
    assert learned["group"] == NONE and NONE not in (learned["x"], learned["y"])
    apart = judging.replace("split", {"kind": "group", "column": "group"})
    assert set(suggested(settings, apart)) == {"x", "y"}
    assert set(suggested(settings, judging.replace("data.features", ("x",)))) == {"x", "y"}
    classes = judging.replace("data.target", "group").replace("data.task", "classification")
    assert set(suggested(settings, classes)) == {"x", "y"}
