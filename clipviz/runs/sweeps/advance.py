"""Carries a sweep that chooses as it goes from one round to the next; whoever comes first does it, once."""

import logging
from collections.abc import Sequence
from contextlib import suppress

from clipviz.core.clips import kinds
from clipviz.core.errors import ClipvizError, Conflict
from clipviz.core.run import Run, State
from clipviz.core.screening import Halving, Round, Search
from clipviz.core.settings import Settings
from clipviz.core.sweep import Sweep, Variant
from clipviz.runs.sweeps import catalogue, halving, search
from clipviz.runs.sweeps.pace import pace
from clipviz.runs.sweeps.plan import cells
from clipviz.runs.sweeps.scores import scores
from clipviz.store import Store
from clipviz.training.replicas.alike import obstacle, signature

log = logging.getLogger(__name__)


def advance_all(store: Store, settings: Settings) -> None:
    """Look after every sweep that has more to decide. Raises StoreUnavailable."""
    for sweep in store.sweeps.choosing():
        try:
            advance(store, settings, sweep)
        except ClipvizError as error:
            log.warning("sweep %s: %s", sweep.id, error)


def advance(store: Store, settings: Settings, sweep: Sweep) -> bool:
    """Queue the next round once all runs of the last one have ended; False where nothing was to be done yet.

    Raises InvalidRecipe, StoreUnavailable. Where somebody else did it first, his decision stands: it is the same.
    """
    runs = store.sweeps.runs(sweep.id)
    if not sweep.choosing:
        return False
    if not all(run.state.final for run in runs):
        _mind_the_time(store, sweep, runs)
        return False
    following = decide(sweep, runs, settings.slots)
    rounds, variants = sweep.rounds, sweep.variants
    if following is not None:
        following, variants = _with_joined(following, variants)
        rounds = (*rounds, following)
    new = [] if following is None else cells(trained(following, variants), following.seeds, settings.slots)
    with suppress(Conflict):
        store.sweeps.extend(
            sweep, sweep.design, variants, new, sweep.created_by, rounds, choosing=following is not None
        )
    return True


def decide(sweep: Sweep, runs: Sequence[Run], slots: int) -> Round | None:
    """The next round, from nothing but what the store holds; None at the end."""
    rule = sweep.design.choosing
    if rule is None or not sweep.rounds:
        return None
    known = scores(runs, rule.metric)
    if isinstance(rule, Halving):
        return halving.following(rule, sweep.design.seeds, sweep.rounds, known)
    spent = pace(runs, sweep.created_at, slots, together=not obstacle(sweep.design.recipe))
    return search.following(rule, field(sweep.variants), sweep.rounds, known, spent)


def field(variants: Sequence[Variant]) -> search.Field:
    """The arms of a search as its rule sees them."""

    def candidate(variant: Variant) -> search.Candidate:
        families = kinds(variant.recipe)
        return search.Candidate(
            variant.name, families[0] if len(families) == 1 else "", signature(variant.recipe)
        )

    reference, *others = variants
    return search.Field(candidate(reference), tuple(candidate(other) for other in others))


def trained(decided: Round, variants: Sequence[Variant]) -> list[Variant]:
    """The arms of a round, and those that they are compared with."""
    own = [variant for variant in variants if variant.name in decided.arms]
    references = {variant.reference for variant in own}
    return [variant for variant in variants if variant.name in references or variant in own]


def _with_joined(decided: Round, variants: tuple[Variant, ...]) -> tuple[Round, tuple[Variant, ...]]:
    """Arms that a round joins from others, made and added to its own."""
    by_name = {variant.name: variant for variant in variants}
    new = tuple(catalogue.joined([by_name[name] for name in group]) for group in decided.joined)
    arms = (*decided.arms, *(variant.name for variant in new))
    return decided.model_copy(update={"arms": arms}), (*variants, *new)


def _mind_the_time(store: Store, sweep: Sweep, runs: Sequence[Run]) -> None:
    """Take what still waits of a screen out of the queue when its share of the budget is over; what trains goes on,
    and so does a pilot, without which there is no answer."""
    rule = sweep.design.choosing
    waiting = any(run.state is State.QUEUED and run.attempt == 0 for run in runs)
    if not isinstance(rule, Search) or not waiting or sweep.rounds[-1].stage in ("pilot", "confirm"):
        return
    now = store.database.now()
    going = [
        run if run.ended_at else run.model_copy(update={"ended_at": now})
        for run in runs
        if run.started_at is not None
    ]
    if pace(going, sweep.created_at, 1).spent > rule.seconds * search.COMBINED:
        store.sweeps.ask(sweep.id, "stop", "the time budget", waiting_only=True)
