"""Which policy for this data? Starts the search of the catalogue, and hurries it on."""

from contextlib import suppress

from clipviz.core.errors import Conflict, InvalidRecipe
from clipviz.core.recipe import Recipe
from clipviz.core.screening import Search
from clipviz.core.settings import Settings
from clipviz.core.sweep import Design, Sweep, Variant
from clipviz.runs.executors.base import chosen
from clipviz.runs.submit import ensure_runner
from clipviz.runs.sweeps import search
from clipviz.runs.sweeps.advance import field, trained
from clipviz.runs.sweeps.catalogue import catalogue
from clipviz.runs.sweeps.pace import pace
from clipviz.runs.sweeps.plan import cells
from clipviz.runs.sweeps.suggested import suggested
from clipviz.store import Store

FEWEST_SECONDS = 10.0


def arms(store: Store, settings: Settings, recipe: Recipe) -> tuple[Variant, ...]:
    """What a search may try for a recipe, its own clips aside: all policies that fit. Raises InvalidRecipe."""
    dataset = store.datasets.get(recipe.data.dataset)
    return catalogue(recipe, dataset, suggested(settings, recipe))


def begin(
    store: Store,
    settings: Settings,
    recipe: Recipe,
    seconds: float,
    name: str,
    who: str,
    metric: str | None = None,
    awake: bool = True,
) -> Sweep:
    """Queue the pilot of a search, and see to it that a runner is awake; every other round follows by itself.

    seconds: the budget. awake: False where the caller trains it himself. Raises InvalidRecipe, NotFound,
    StoreUnavailable.
    """
    chosen(settings)
    if seconds < FEWEST_SECONDS:
        raise InvalidRecipe(
            f"A search takes at least {FEWEST_SECONDS:g} seconds", f"{seconds:g}", "Give it more time"
        )
    variants = arms(store, settings, recipe)
    if len(variants) < 2:
        raise InvalidRecipe("A search needs a policy that fits the data", None, "Compare over seeds instead")
    pilot = search.first(field(variants))
    design = Design(
        recipe=variants[0].recipe, seeds=pilot.seeds, choosing=Search(seconds=seconds, metric=metric)
    )
    new = cells(trained(pilot, variants), pilot.seeds, settings.slots)
    sweep = store.sweeps.add(design, variants, new, name, who, [pilot])
    if awake:
        ensure_runner(settings)
    return sweep


def hurry(store: Store, settings: Settings, sweep: Sweep, who: str) -> None:
    """End the screen now: what waits of it is not trained any more, and the leader so far is confirmed. A pilot goes on
    to its end, for without it there is no leader.

    Does nothing to a search that is being confirmed, or has ended.
    """
    rule = sweep.design.choosing
    if not isinstance(rule, Search) or not sweep.choosing or sweep.rounds[-1].stage == "confirm":
        return
    spent = pace(store.sweeps.runs(sweep.id), sweep.created_at, settings.slots).spent
    now = rule.model_copy(update={"seconds": max(1e-6, spent)})
    design = sweep.design.model_copy(update={"choosing": now})
    with suppress(Conflict):  # the next round came in between; people may ask again
        store.sweeps.extend(sweep, design, sweep.variants, (), who)
        if sweep.rounds[-1].stage != "pilot":
            store.sweeps.ask(sweep.id, "stop", who)
    ensure_runner(settings)
