"""The verbs of clipviz without a browser, for notebooks and the CLI.

Everything happens in the home of the environment's settings, so that the dashboard shows it too.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clipviz.analysis.verdict.doses import Doses
from clipviz.analysis.verdict.verdict import Verdict
from clipviz.catalogue import catalogue, policies
from clipviz.core.dataset import Dataset, Reading, RejectedRow
from clipviz.core.errors import InvalidRecipe
from clipviz.core.finding import Finding
from clipviz.core.profile import ColumnProfile
from clipviz.core.recipe import Recipe
from clipviz.core.run import Run, Sink, State
from clipviz.core.screening import Halving, Round
from clipviz.core.settings import Settings
from clipviz.core.sweep import Design, Standing, Sweep, Vary
from clipviz.given import check_metric, dataset_of, other_data, recipe_of, wanted
from clipviz.home import home, me
from clipviz.store import Store

__all__ = ["catalogue", "policies", "profile", "runs", "show", "sweep", "train"]

MOST_RUNS = 1_000_000
Device = Literal["auto", "cpu", "cuda"]


class Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Profile(Record):
    """What is known of a file: the dataset it became, its columns, and what could not be read."""

    dataset: Dataset
    columns: list[ColumnProfile]
    rejected: list[RejectedRow]


class Outcome(Record):
    """How a training ended. Metrics are on raw, unclamped targets of the untouched test rows."""

    run: str
    state: State
    reason: str = Field("", description="Why it did not finish, in words.")
    metrics: dict[str, float | None] = {}
    baseline: dict[str, float | None] = Field({}, description="Test metrics of the best constant prediction.")
    thresholds: dict[str, list[float]] = Field({}, description="Learned thresholds by layer.")
    steps: int = 0
    seconds: float = 0.0
    clipped_share: float | None = Field(None, description="Share of steps whose gradient was clipped.")
    findings: list[Finding] = Field([], description="What is the matter with it, the worst first.")
    notes: list[str] = Field([], description="What to know: what was left out, why it stopped, other data.")


class Swept(Record):
    """How a sweep ended."""

    sweep: str
    runs: int
    states: dict[State, int] = Field(description="Runs by the state in which they are.")
    reasons: list[str] = Field([], description="Why runs failed, each reason once.")
    notes: list[str] = Field([], description="What to know of the recipe and the data.")
    verdict: Verdict | None = Field(None, description="None where no run has a result.")
    unjudged: str = Field("", description="Why there is no verdict, in words.")
    rounds: list[Round] = Field([], description="What was decided, where arms left early.")
    dose: str = Field("", description="Outliers among the rows that the verdict is about: the largest dose.")
    doses: Doses | None = Field(None, description="The metric against the dose, where one varies.")


class Shown(Record):
    """One run with its recipe and its event log."""

    run: Run
    recipe: Recipe
    events: list[str]


def profile(path: str | Path, reading: Reading | str | Path | None = None) -> Profile:
    """Read a file, or a dataset by its id, and tell what is known of its columns.

    The file's data are kept in the home, but the team's list of datasets stays as it is. Raises UnreadableFile.
    """
    from clipviz.datasets import files

    with home() as (settings, store):
        dataset = dataset_of(path, settings, store, me(), reading)
        return Profile(
            dataset=dataset,
            columns=files.profiles(settings, dataset.id),
            rejected=files.rejected(settings, dataset.id),
        )


def train(
    path: str | Path,
    target: str | None = None,
    recipe: Recipe | Mapping[str, Any] | str | Path | None = None,
    set: Mapping[str, Any] | None = None,
    seed: int | None = None,
    device: Device | None = None,
    name: str = "",
    watch: Sink | None = None,
    reading: Reading | str | Path | None = None,
) -> Outcome:
    """Train on a file, a folder of images, or the dataset with this id, here and now; all see the run in the store.

    target: the column to predict; may be left out where the recipe or the sample names it.
    recipe: a recipe, its JSON document (parts may be left out), or the path of one; its dataset is replaced.
    set: values by dotted path, such as {"gradient.id": "global_norm", "gradient.max_norm": 0.5}.
    reading: how the file is read, or the path of its JSON document, as the archive of a model holds it.
    watch: told what the run says while it trains. Ctrl-C stops the run and keeps its result; a second one
    leaves it to a runner, with its checkpoint.

    Raises UnreadableFile, InvalidRecipe, NotFound, StoreUnavailable. A run that failed is an Outcome.
    """
    from clipviz.runs.check import check, complete
    from clipviz.runs.foreground import train_here

    with home() as (settings, store):
        dataset = store.datasets.add(dataset_of(path, settings, store, me(), reading))
        begun = recipe_of(recipe, dataset, target, settings)
        asked = wanted(begun, dataset, settings, dict(set or {}), seed=seed, device=device)
        check(asked, dataset)
        title = name or f"{dataset.name}: {asked.data.target}, seed {asked.seed}"
        saved = store.recipes.add(complete(asked), title, me())
        notes = other_data(recipe, dataset, store)
        return _outcome(train_here(store, settings, saved.id, title, me(), watch), notes)


def sweep(
    path: str | Path,
    target: str | None = None,
    recipe: Recipe | Mapping[str, Any] | str | Path | None = None,
    set: Mapping[str, Any] | None = None,
    vary: Mapping[str, Sequence[Any]] | None = None,
    seeds: int | Sequence[int] = 10,
    samples: int | None = None,
    apart: bool = False,
    families_alone: bool = False,
    halving: bool = False,
    device: Device | None = None,
    name: str = "",
    metric: str | None = None,
    margin: float | None = None,
    tell: Callable[[Standing, float | None], None] | None = None,
    reading: Reading | str | Path | None = None,
) -> Swept:
    """Train every combination of values over seeds, here and now, and judge whether the differences are real.

    vary: values by dotted path, such as {"gradient.max_norm": [0.1, 1.0]}; none compares the recipe with
    itself without its clips, as every sweep does. samples: so many combinations, drawn at random. apart: each
    value by itself instead of every combination. families_alone: also with the clips of one family alone. halving:
    after the first seeds the worse arms, on validation rows, get no more; the arms without clips stay. metric:
    what the verdict is about. margin: the largest difference that does not matter. tell: told after each run how
    far the sweep is. Ctrl-C stops the sweep and keeps its result. Raises as `train` does.
    """
    from clipviz.runs.sweeps import foreground, submit

    with home() as (settings, store):
        dataset = store.datasets.add(dataset_of(path, settings, store, me(), reading))
        begun = recipe_of(recipe, dataset, target, settings)
        asked = wanted(begun, dataset, settings, dict(set or {}), device=device)
        check_metric(metric, asked, dataset, settings)
        over = range(seeds) if isinstance(seeds, int) else seeds
        rule = Halving.over(len(over), metric=metric) if halving else None
        shape = {
            "samples": samples,
            "apart": apart,
            "families_alone": families_alone,
            "choosing": rule,
            "metric": metric,
        }
        design = _design(asked, vary or {}, over, shape)
        title = name or f"{dataset.name}: {asked.data.target}, {len(design.seeds)} seeds"
        started = submit.start(store, settings, design, title, me(), awake=False)
        standing = foreground.train_here(store, settings, started, me(), tell)
        swept = ended(store, settings, store.sweeps.get(started.id), standing, metric, margin)
        return swept.model_copy(update={"notes": other_data(recipe, dataset, store)})


def runs(limit: int = 100) -> list[Run]:
    """The team's runs, newest first."""
    with home() as (_, store):
        return store.runs.list(min(limit, MOST_RUNS))


def show(run: str | Outcome) -> Shown:
    """One run, by its id or as `train` returned it: its recipe and its event log. Raises NotFound."""
    with home() as (_, store):
        found = store.runs.get(run.run if isinstance(run, Outcome) else run)
        return Shown(
            run=found,
            recipe=store.recipes.get(found.recipe).recipe,
            events=[f"{event.at:%H:%M:%S} {event.text}" for event in store.events.list(found.id)],
        )


def axes(vary: Mapping[str, Sequence[Any]]) -> tuple[Vary, ...]:
    """What varies, as a design has it; raises pydantic's ValidationError."""
    return tuple(Vary(path=path, values=tuple(values)) for path, values in vary.items())


def _design(
    recipe: Recipe, vary: Mapping[str, Sequence[Any]], seeds: Sequence[int], shape: Mapping[str, Any]
) -> Design:
    try:
        return Design(recipe=recipe, vary=axes(vary), seeds=tuple(seeds), **shape)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the sweep"
        raise InvalidRecipe(f"{place}: {first['msg']}", repr(first["input"])[:200], "Change it") from error


def ended(
    store: Store,
    settings: Settings,
    sweep: Sweep,
    standing: Standing,
    metric: str | None,
    margin: float | None,
) -> Swept:
    from clipviz.analysis.verdict import doses, gather, unjudged
    from clipviz.analysis.verdict.judged import judged

    found = store.sweeps.runs(sweep.id)
    groups = gather.of_sweep(sweep, found)
    known = {each.name: each for each in gather.metrics(groups, sweep.design.about)}
    if metric is not None and known and metric not in known:
        raise InvalidRecipe(
            f"The metric must be one of {', '.join(known)}", repr(metric), "Choose one of these"
        )
    chosen = known.get(metric) if metric else next(iter(known.values()), None)
    dirt, dirtiest = doses.by_dose(groups)[-1]
    verdict = None if chosen is None else judged(settings, store, sweep, dirtiest, chosen, margin)
    reasons = sorted({run.reason for run in found if run.state is State.FAILED})
    return Swept(
        sweep=sweep.id,
        runs=standing.runs,
        states=standing.states,
        reasons=reasons,
        verdict=verdict,
        unjudged="" if chosen else unjudged.why(groups),
        rounds=list(sweep.rounds),
        dose="" if dirt.where == "none" else doses.in_words(dirt),
        doses=None if chosen is None else doses.curves(groups, chosen),
    )


def _outcome(run: Run, notes: Sequence[str]) -> Outcome:
    result = run.result or {}
    told = {name: result[name] for name in Outcome.model_fields if name in result}
    told |= {
        "steps": result.get("steps", run.step),
        "findings": (result.get("health") or {}).get("findings", []),
        "notes": [*notes, *result.get("cautions", []), *result.get("notes", [])],
    }
    return Outcome(run=run.id, state=run.state, reason=run.reason, **told)
