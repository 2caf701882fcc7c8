"""From a recipe to a queued run with somebody awake to train it."""

from clipviz.core.recipe import Recipe
from clipviz.core.run import Request, Run
from clipviz.core.settings import Settings
from clipviz.runs.awaken import ensure_runner
from clipviz.runs.check import check, complete
from clipviz.runs.executors.base import chosen
from clipviz.store import Store

__all__ = ["ask", "ensure_runner", "submit"]


def submit(store: Store, settings: Settings, recipe: Recipe, name: str, who: str, parent: str = "") -> Run:
    """Check a recipe, save it, queue a run of it, and see to it that a runner is awake.

    parent: id of the recipe that this one was cloned from. Raises InvalidRecipe, NotFound when the dataset
    is gone, StoreUnavailable; ClipvizError, before anything is queued, where nobody could train it.
    """
    chosen(settings)
    check(recipe, store.datasets.get(recipe.data.dataset))
    saved = store.recipes.add(complete(recipe), name, who, parent)
    run = store.runs.submit(saved.id, name, who)
    ensure_runner(settings)
    return run


def ask(store: Store, settings: Settings, run: str, request: Request, who: str) -> Run:
    """`store.runs.ask`, and a runner awake to answer it. Raises NotFound, Conflict, StoreUnavailable."""
    chosen(settings)
    asked = store.runs.ask(run, request, who)
    ensure_runner(settings)
    return asked
