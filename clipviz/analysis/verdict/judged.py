"""The verdict on a sweep of the store, with all that its runs have left behind."""

from collections.abc import Sequence

from clipviz.analysis.verdict import gather
from clipviz.analysis.verdict.course import Course
from clipviz.analysis.verdict.gather import Group
from clipviz.analysis.verdict.screening import Screening
from clipviz.analysis.verdict.verdict import Verdict, judge
from clipviz.core.metric import Metric
from clipviz.core.recipe import Recipe
from clipviz.core.settings import Settings
from clipviz.core.sweep import Sweep
from clipviz.core.table import Table
from clipviz.datasets.table import load
from clipviz.store import Store


def judged(
    settings: Settings,
    store: Store,
    sweep: Sweep,
    groups: Sequence[Group],
    metric: Metric,
    margin: float | None = None,
) -> Verdict:
    """The verdict in one metric; raises ClipvizError for arms that cannot be compared."""
    dataset = store.datasets.get(sweep.dataset, include_deleted=True)
    tables: dict[str, Table] = {}

    def touched(recipe: Recipe) -> float:
        rows = repr((recipe.data, recipe.split))
        if rows not in tables:
            tables[rows] = load(settings, dataset, recipe)
        return gather.rows_touched(tables[rows], recipe)

    runs = [run.id for group in groups for run in group.runs.values()]
    saturated = gather.saturation(store.telemetry.histories(runs, "step", newest_only=True))
    arms = gather.arms(groups, metric, touched, saturated)
    course = Course.of(sweep, groups)
    return judge(arms, metric, margin=margin, screening=Screening.of(sweep), course=course)
