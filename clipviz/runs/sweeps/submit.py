"""Starting, steering and extending sweeps."""

from collections.abc import Sequence

from clipviz.core.errors import InvalidRecipe
from clipviz.core.run import Request
from clipviz.core.settings import Settings
from clipviz.core.sweep import Design, Sweep, Vary
from clipviz.runs.executors.base import chosen
from clipviz.runs.submit import ensure_runner
from clipviz.runs.sweeps.plan import Plan, plan
from clipviz.store import Store


def preview(store: Store, settings: Settings, design: Design) -> Plan:
    """What `start` would queue. Raises InvalidRecipe, NotFound."""
    return plan(design, store.datasets.get(design.recipe.data.dataset), settings.slots)


def start(store: Store, settings: Settings, design: Design, name: str, who: str, awake: bool = True) -> Sweep:
    """Queue all runs of a sweep, or none, and see to it that a runner is awake.

    awake: False where the caller trains them itself. Raises InvalidRecipe, NotFound, StoreUnavailable.
    """
    chosen(settings)
    planned = preview(store, settings, design)
    sweep = store.sweeps.add(design, planned.variants, planned.cells, name, who)
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
    new are trained. awake: as of `start`.

    Raises Conflict when somebody else changed the sweep, and InvalidRecipe.
    """
    chosen(settings)
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
    """Pause, resume or cancel what has not ended of a sweep; how many runs were asked."""
    asked = store.sweeps.ask(sweep, request, who)
    ensure_runner(settings)
    return asked
