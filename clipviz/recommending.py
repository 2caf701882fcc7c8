"""Which policy for this data? The verb without a browser, for notebooks and the command line."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from clipviz.analysis.recommendation import Recommendation
from clipviz.analysis.verdict.verdict import Verdict
from clipviz.core.dataset import Reading
from clipviz.core.recipe import Recipe
from clipviz.core.run import State
from clipviz.core.screening import Round
from clipviz.core.settings import Settings
from clipviz.core.sweep import Standing, Sweep
from clipviz.given import check_metric, dataset_of, other_data, recipe_of, wanted
from clipviz.home import home, me
from clipviz.store import Store


class Recommended(BaseModel):
    """How a search of the catalogue ended."""

    model_config = ConfigDict(frozen=True)

    sweep: str
    states: dict[State, int] = Field(description="Runs by the state in which they are.")
    reasons: list[str] = Field([], description="Why runs failed, each reason once.")
    notes: list[str] = Field([], description="What to know of the recipe and the data.")
    rounds: list[Round] = Field(description="What was decided, in this order.")
    recommendation: Recommendation
    verdict: Verdict | None = Field(None, description="None where no run has a result.")
    unjudged: str = Field("", description="Why there is no verdict, in words.")


def recommend(
    path: str | Path,
    target: str | None = None,
    minutes: float = 5.0,
    recipe: Recipe | Mapping[str, Any] | str | Path | None = None,
    set: Mapping[str, Any] | None = None,
    device: Literal["auto", "cpu", "cuda"] | None = None,
    name: str = "",
    metric: str | None = None,
    tell: Callable[[Standing, float | None], None] | None = None,
    reading: Reading | str | Path | None = None,
) -> Recommended:
    """Search the catalogue for the policy that suits a file, or say that none does, here and now; all see it.

    minutes: the budget. recipe: the network and its training; its own clips are put aside. metric: what decides and
    what the verdict is about. tell: told after each run how far the round is. reading: as of `clipviz.train`. Ctrl-C
    stops the search and keeps what has ended. Raises as `clipviz.train` does.
    """
    from clipviz.runs.sweeps import foreground
    from clipviz.runs.sweeps.recommend import begin

    with home() as (settings, store):
        dataset = store.datasets.add(dataset_of(path, settings, store, me(), reading))
        told = recipe_of(recipe, dataset, target, settings)
        base = wanted(told, dataset, settings, dict(set or {}), device=device)
        check_metric(metric, base, dataset, settings)
        title = name or f"{dataset.name}: which policy for {base.data.target}?"
        begun = begin(store, settings, base, 60 * minutes, title, me(), metric, awake=False)
        standing = foreground.train_here(store, settings, begun, me(), tell)
        ended = _ended(settings, store, store.sweeps.get(begun.id), standing)
        return ended.model_copy(update={"notes": other_data(recipe, dataset, store)})


def _ended(settings: Settings, store: Store, sweep: Sweep, standing: Standing) -> Recommended:
    from clipviz.analysis.recommendation import recommendation
    from clipviz.analysis.verdict import gather, unjudged
    from clipviz.analysis.verdict.judged import judged

    found = store.sweeps.runs(sweep.id)
    groups = gather.of_sweep(sweep, found)
    about = next(iter(gather.metrics(groups, sweep.design.about)), None)
    verdict = None if about is None else judged(settings, store, sweep, groups, about)
    return Recommended(
        sweep=sweep.id,
        states=standing.states,
        reasons=sorted({run.reason for run in found if run.state is State.FAILED}),
        rounds=list(sweep.rounds),
        recommendation=recommendation(sweep, verdict),
        verdict=verdict,
        unjudged="" if about else unjudged.why(groups),
    )
