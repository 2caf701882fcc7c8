"""Starting, steering and extending sweeps."""

from collections.abc import Sequence
from contextlib import suppress

from clipviz.core.errors import Conflict, InvalidRecipe
from clipviz.core.run import Request
from clipviz.core.screening import Halving, Round
from clipviz.core.settings import Settings
from clipviz.core.sweep import Design, Sweep, Vary
from clipviz.runs.executors.base import chosen
from clipviz.runs.submit import ensure_runner
from clipviz.runs.sweeps import halving
from clipviz.runs.sweeps.advance import trained
from clipviz.runs.sweeps.plan import Plan, cells, plan
from clipviz.store import Store


def preview(store: Store, settings: Settings, design: Design) -> Plan:
    """What `start` would queue. Raises InvalidRecipe, NotFound."""
    return plan(design, store.datasets.get(design.recipe.data.dataset), settings.slots)


def start(store: Store, settings: Settings, design: Design, name: str, who: str, awake: bool = True) -> Sweep:
    """Queue all runs of a sweep, or none, and see to it that a runner is awake; of one that halves, the first rung.

    awake: False where the caller trains them itself. Raises InvalidRecipe, NotFound, StoreUnavailable.
    """
    chosen(settings)
    planned = preview(store, settings, design)
    new, rounds = planned.cells, tuple[Round, ...]()
    if isinstance(design.choosing, Halving):
        arms = [variant.name for variant in planned.variants if variant.reference]
        rounds = (halving.first(design.choosing, arms, design.seeds),)
        new = cells(planned.variants, rounds[0].seeds, settings.slots)
    sweep = store.sweeps.add(design, planned.variants, new, name, who, rounds)
    if awake:
        ensure_runner(settings)
    return sweep


def extend(
    store: Store,
    settings: Settings,
    sweep: Sweep,
    who: str,
    seeds: Sequence[int] = (),
    vary: Sequence[Vary] = (),
    families_alone: bool = False,
    awake: bool = True,
) -> Sweep:
    """Add seeds, values of fields that vary already, or arms with one family of clips alone; only the cells that are
    new, or were deleted, are trained. awake: as of `start`.

    Where arms left early, further seeds go to those that are left. Raises Conflict when somebody else changed the
    sweep, and InvalidRecipe.
    """
    chosen(settings)
    if sweep.rounds:
        return _extend_chosen(store, settings, sweep, who, seeds, bool(vary) or families_alone, awake)
    update = {
        "seeds": tuple(dict.fromkeys((*sweep.design.seeds, *seeds))),
        "vary": _merged(sweep.design, vary),
        "families_alone": sweep.design.families_alone or families_alone,
    }
    design = Design.model_validate(sweep.design.model_copy(update=update).model_dump())
    planned = preview(store, settings, design)
    extended = store.sweeps.extend(sweep, design, planned.variants, planned.cells, who)
    if awake:
        ensure_runner(settings)
    return extended


def _extend_chosen(
    store: Store, settings: Settings, sweep: Sweep, who: str, seeds: Sequence[int], arms: bool, awake: bool
) -> Sweep:
    """The round that decided last, over more seeds; one that was cancelled too."""
    if arms:
        raise InvalidRecipe(
            "A sweep whose arms leave early takes no further arms", None, "Start another sweep for them"
        )
    if sweep.choosing:
        raise InvalidRecipe(
            "A sweep takes further seeds once it has chosen", None, "Wait for its end, or cancel it first"
        )
    last = next(each for each in reversed(sweep.rounds) if each.stage != "stopped")
    more = tuple(seed for seed in seeds if seed not in sweep.seeds)
    added = last.model_copy(update={"seeds": (*last.seeds, *more), "left": (), "why": "added by hand"})
    design = sweep.design.model_copy(update={"seeds": (*sweep.design.seeds, *more)})
    new = cells(trained(added, sweep.variants), added.seeds, settings.slots)
    rounds = (*sweep.rounds, added) if more else sweep.rounds
    extended = store.sweeps.extend(sweep, design, sweep.variants, new, who, rounds)
    if awake:
        ensure_runner(settings)
    return extended


def _merged(design: Design, vary: Sequence[Vary]) -> tuple[Vary, ...]:
    """The axes of a design with more values; another axis, or another draw, would make other arms."""
    more = {each.path: each.values for each in vary}
    unknown = [path for path in more if path not in {each.path for each in design.vary}]
    if unknown:
        raise InvalidRecipe(
            "A sweep can be extended in fields that vary already",
            repr(unknown[0]),
            "Start another sweep for this one",
        )
    if more and design.samples is not None:
        raise InvalidRecipe(
            "A random draw cannot be extended by values", None, "Extend its seeds, or start another"
        )
    return tuple(
        Vary(
            path=each.path,
            values=(*each.values, *(v for v in more.get(each.path, ()) if v not in each.values)),
        )
        for each in design.vary
    )


def ask(store: Store, settings: Settings, sweep: str, request: Request, who: str) -> int:
    """Pause, resume or cancel what has not ended of a sweep; how many runs were asked.

    A sweep that is cancelled decides nothing more.
    """
    chosen(settings)
    if request == "stop":
        _end(store, sweep, who)
    asked = store.sweeps.ask(sweep, request, who)
    ensure_runner(settings)
    return asked


def _end(store: Store, id: str, who: str) -> None:
    while (sweep := store.sweeps.get(id)).choosing:
        last = sweep.rounds[-1]
        stopped = Round(
            stage="stopped", arms=last.arms, seeds=last.seeds, why=f"cancelled by {who or 'somebody'}"
        )
        with suppress(Conflict):  # the next round came in between: end after that one
            store.sweeps.extend(
                sweep, sweep.design, sweep.variants, (), who, (*sweep.rounds, stopped), choosing=False
            )
