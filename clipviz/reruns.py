"""Published claims, run again without a browser: the verbs behind `clipviz claims`."""

from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from clipviz.analysis.claimed import Rerun, published, rerun
from clipviz.analysis.claims.base import SEEDS, Claim, claim, claims
from clipviz.analysis.verdict.verdict import Verdict
from clipviz.core.run import State
from clipviz.core.settings import Settings
from clipviz.core.sweep import Standing, Sweep
from clipviz.home import home, me
from clipviz.store import Store

MOST_SWEEPS = 1000


class Entry(BaseModel):
    """A claim, and what was last measured of it in this home; None where nothing was."""

    model_config = ConfigDict(frozen=True)

    claim: str
    title: str
    said: str
    published: str
    source: str
    measured: Rerun | None = None


class Ran(BaseModel):
    """How a rerun ended. measured: None where no run has a result."""

    model_config = ConfigDict(frozen=True)

    sweep: str
    states: dict[State, int]
    reasons: list[str]
    measured: Rerun | None


def run(
    name: str,
    seeds: int = SEEDS,
    whole: bool = False,
    epochs: int | None = None,
    device: Literal["auto", "cpu", "cuda"] | None = None,
    tell: Callable[[Standing, float | None], None] | None = None,
) -> Ran:
    """Put one claim to the test, here and now, as a sweep that all see.

    whole: download the public set where only a part is at hand. epochs: another length than the claim's own.
    Raises NotFound for an unknown claim, ClipvizError where the data cannot be had. Ctrl-C keeps what has ended.
    """
    from clipviz.datasets import at_hand
    from clipviz.runs.sweeps import foreground, submit

    asked = claim(name).model_copy(update={"epochs": epochs})
    with home() as (settings, store):
        dataset = store.datasets.add(at_hand.find(asked.data, settings, me(), whole))
        design = asked.design(dataset, range(seeds))
        if device is not None:
            recipe = design.recipe.model_copy(update={"device": device})
            design = design.model_copy(update={"recipe": recipe})
        sweep = submit.start(store, settings, design, f"Claim: {asked.title}", me(), awake=False)
        standing = foreground.train_here(store, settings, sweep, me(), tell)
        ended = store.sweeps.runs(sweep.id)
        reasons = sorted({run.reason for run in ended if run.state is State.FAILED})
        return Ran(
            sweep=sweep.id,
            states=standing.states,
            reasons=reasons,
            measured=_measured(name, asked, settings, store, sweep),
        )


def entries() -> list[Entry]:
    """Every claim with what the newest sweep of its design says."""
    with home() as (settings, store):
        sweeps = store.sweeps.list(MOST_SWEEPS)
        return [
            Entry(
                claim=id,
                title=asked.title,
                said=asked.said,
                published=published(asked),
                source=asked.source,
                measured=_newest(id, asked, settings, store, sweeps),
            )
            for id, asked in claims().items()
        ]


def _newest(id: str, asked: Claim, settings: Settings, store: Store, sweeps: list[Sweep]) -> Rerun | None:
    for sweep in sweeps:
        dataset = store.datasets.get(sweep.dataset, include_deleted=True)
        if asked.is_rerun(sweep.design, dataset):
            found = _measured(id, asked, settings, store, sweep)
            if found is not None:
                return found
    return None


def _measured(id: str, asked: Claim, settings: Settings, store: Store, sweep: Sweep) -> Rerun | None:
    from clipviz.analysis.verdict import gather
    from clipviz.analysis.verdict.judged import judged

    dataset = store.datasets.get(sweep.dataset, include_deleted=True)
    groups = gather.of_sweep(sweep, store.sweeps.runs(sweep.id))
    wanted = {each.name: each for each in gather.metrics(groups) if each.name in asked.metrics}
    verdicts: dict[str, Verdict] = {
        name: judged(settings, store, sweep, groups, metric) for name, metric in wanted.items()
    }
    return rerun(id, asked, dataset, sweep.id, groups, verdicts) if verdicts else None
