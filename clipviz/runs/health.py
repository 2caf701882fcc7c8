"""How a run is doing, from what it has said so far: read flush by flush, so that little is in memory."""

import numpy as np

from clipviz.core.discovery import discover
from clipviz.core.finding import Evidence
from clipviz.core.health import Health, judge
from clipviz.core.ledger import NEEDED, Book, Rule
from clipviz.core.recipe import Recipe
from clipviz.core.run import Result
from clipviz.store import Store

BLOCK = 16_384
"""Steps that are read at once."""
RECENT = 500
"""Last steps that findings on the present look at."""


def rule_of(recipe: Recipe) -> Rule:
    """What the ledger must know of a recipe."""
    gradient = discover("clipviz.policies.gradients")[recipe.gradient.id]
    optimiser = discover("clipviz.training.optimisers")[recipe.optimiser.id]
    return Rule(
        clips=recipe.gradient.id != "none",
        turns=gradient.turns,
        cancels=optimiser.cancels and recipe.training.clip_scales == "gradient",
    )


def examine(store: Store, run_id: str, recipe: Recipe) -> Health | None:
    """The health of a run; None of one that has not taken a step. Raises StoreUnavailable."""
    names = store.telemetry.series(run_id).get("step", ())
    if not set(names) >= NEEDED:
        return None
    book, step, tail = Book(names), 0, np.zeros((0, len(names)), np.float32)
    for steps, values in store.telemetry.blocks(run_id, "step", BLOCK):
        if len(steps):
            book.read(dict(zip(names, values.T, strict=True)))
            step = int(steps[-1])
            tail = np.concatenate([tail, values[-RECENT:]])[-RECENT:]
    if not step:
        return None
    recent = dict(zip(names, tail.T, strict=True))
    said = store.telemetry.histories([run_id], "evaluation").get(run_id)
    evidence = Evidence(ledger=book.close(rule_of(recipe)), recent=recent)
    if said is not None:
        evidence = Evidence(
            ledger=evidence.ledger,
            evaluations=dict(zip(said.names, said.values.T, strict=True)),
            at=said.steps,
            recent=recent,
        )
    return judge(evidence, step)


def with_health(store: Store, run_id: str, recipe: Recipe, result: Result) -> Result:
    """A result with the health of its run, once all its telemetry is in the store."""
    return result.model_copy(update={"health": examine(store, run_id, recipe)})
