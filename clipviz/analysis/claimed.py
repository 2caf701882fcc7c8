"""What is claimed beside what was measured: one line for each arm and metric of a rerun."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from clipviz.analysis.claims.base import Claim, Figure
from clipviz.analysis.verdict.comparison import Comparison, Relation
from clipviz.analysis.verdict.gather import Group
from clipviz.analysis.verdict.verdict import Verdict
from clipviz.core.dataset import Dataset
from clipviz.datasets import at_hand

SHARES = ("accuracy", "macro_recall")
"""Metrics that people read in percent."""


class Line(BaseModel):
    """One arm against its reference in one metric, means over the seeds that both have finished."""

    model_config = ConfigDict(frozen=True)

    arm: str
    reference: str
    metric: str
    title: str
    claimed_before: float | None = None
    claimed_after: float | None = None
    before: float | None
    after: float | None
    difference: float | None
    low: float | None = Field(description="Of the 95 % t interval of the difference.")
    high: float | None
    seeds: int
    diverged: int = Field(description="Runs of both arms that diverged.")
    p_holm: float | None
    relation: Relation


class Rerun(BaseModel):
    """A claim, and one sweep that measured it. rows: of the data that was used; whole: all of the public set."""

    model_config = ConfigDict(frozen=True)

    claim: str
    title: str
    said: str
    source: str
    published: str = Field(
        description="The claimed numbers as they were published; empty where there are none."
    )
    remark: str
    data: str
    rows: int
    whole: bool
    sweep: str
    runs: int
    epochs: int
    sentence: str
    fired: str = Field(description="How often the clip acted, in words; empty where nobody knows.")
    seconds: float = Field(description="Training time of all runs together.")
    constants: dict[str, float] = Field(description="By metric: what the best constant prediction reaches.")
    lines: list[Line]


def rerun(
    id: str,
    claim: Claim,
    dataset: Dataset,
    sweep: str,
    groups: Sequence[Group],
    verdicts: Mapping[str, Verdict],
) -> Rerun:
    """What a sweep says of a claim. verdicts: by metric, the foremost one at least."""
    main = verdicts[next(name for name in claim.metrics if name in verdicts)]
    recipe = claim.recipe(dataset)
    return Rerun(
        claim=id,
        title=claim.title,
        said=claim.said,
        source=claim.source,
        published=published(claim),
        remark=claim.remark,
        data=at_hand.titled(claim.data, dataset.rows),
        rows=dataset.rows,
        whole=dataset.rows >= at_hand.described(claim.data).rows,
        sweep=sweep,
        runs=sum(arm.runs for arm in main.arms),
        epochs=claim.epochs or recipe.training.epochs,
        sentence=main.sentence,
        fired=_fired(main),
        seconds=sum((arm.seconds or 0.0) * arm.runs for arm in main.arms),
        constants=_constants(groups, claim.metrics),
        lines=[line for name in claim.metrics if name in verdicts for line in _lines(claim, verdicts[name])],
    )


def _constants(groups: Sequence[Group], metrics: Sequence[str]) -> dict[str, float]:
    """The same for all runs, which share their rows."""
    results = (run.result for group in groups for run in group.runs.values() if run.result)
    baseline: dict[str, float | None] = next(results, {"baseline": {}})["baseline"]
    return {name: float(value) for name in metrics if (value := baseline.get(name)) is not None}


def reached(found: Rerun) -> str:
    """What the best constant prediction reaches, in words; empty where nobody knows."""
    titles = {line.metric: line.title for line in found.lines}
    said = [
        f"{titles[name]} {shown(name, value)}" for name, value in found.constants.items() if name in titles
    ]
    return f"The best constant prediction reaches {', '.join(said)}." if said else ""


def published(claim: Claim) -> str:
    return ", ".join(figure.said for figure in claim.figures)


def _lines(claim: Claim, verdict: Verdict) -> list[Line]:
    figure = next((each for each in claim.figures if each.metric == verdict.metric.name), None)
    return [_line(each, verdict, figure) for each in verdict.comparisons]


def _line(found: Comparison, verdict: Verdict, figure: Figure | None) -> Line:
    arms = {arm.name: arm.metrics for arm in verdict.arms}
    arm, reference = arms[found.arm], arms[found.reference]
    ended = [seed for seed in found.seeds if arm[seed] is not None and reference[seed] is not None]
    return Line(
        arm=found.arm,
        reference=found.reference,
        metric=verdict.metric.name,
        title=verdict.metric.title,
        claimed_before=figure.before if figure else None,
        claimed_after=figure.after if figure else None,
        before=_mean([reference[seed] for seed in ended]),
        after=_mean([arm[seed] for seed in ended]),
        difference=found.mean,
        low=found.low,
        high=found.high,
        seeds=len(found.seeds),
        diverged=sum(
            arms[name][seed] is None for name in (found.arm, found.reference) for seed in found.seeds
        ),
        p_holm=found.p_holm,
        relation=found.relation,
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _fired(verdict: Verdict) -> str:
    units = {"inputs": "rows", "activation": "values", "gradient": "steps"}
    said = []
    for arm in verdict.arms:
        if arm.never_fired:
            said.append(f"{arm.name}: never, identical to {arm.reference}")
        elif known := [
            f"{share:.1%} of {units[family]}" for family, share in arm.fired.items() if share is not None
        ]:
            said.append(f"{arm.name}: {', '.join(known)}")
    return "; ".join(said)


def shown(metric: str, value: float | None, signed: bool = False) -> str:
    """A value of a metric as people read it, in percent where it is a share; a dash where there is none."""
    if value is None:
        return "–"
    if metric in SHARES:
        return f"{100 * value:+.1f}" if signed else f"{100 * value:.1f} %"
    return f"{value:+.3f}" if signed else f"{value:.3f}"


def table(reruns: Sequence[Rerun]) -> str:
    """All reruns as a document in markdown."""
    head = "| claim | metric | claimed | arm | measured | difference (95 % CI) | seeds | Holm p | says |"
    parts = [
        "# Published claims, run again\n",
        "Written by `python -m clipviz claims --table`, from sweeps that `python -m clipviz claims NAME` trained. "
        "Every arm has the same seeds, splits and batch orders; metrics are on raw, unclamped test rows; "
        "differences are arm minus reference, in the metric's own unit (percentage points for accuracy and recall).\n",
        head,
        "|" + "---|" * (head.count("|") - 1),
    ]
    parts += [_row(each, line) for each in reruns for line in each.lines]
    for each in reruns:
        parts += ["", f"## {each.title}", "", *_about(each)]
    return "\n".join(parts) + "\n"


def _row(each: Rerun, line: Line) -> str:
    claimed = (
        "no number"
        if line.claimed_before is None
        else f"{shown(line.metric, line.claimed_before)} → {shown(line.metric, line.claimed_after)}"
    )
    interval = f"{shown(line.metric, line.low, True)} to {shown(line.metric, line.high, True)}"
    cells = (
        each.title,
        line.title,
        claimed,
        line.arm,
        f"{shown(line.metric, line.before)} → {shown(line.metric, line.after)}",
        f"{shown(line.metric, line.difference, True)} ({interval})" if line.low is not None else "–",
        str(line.seeds) + (f", {line.diverged} runs diverged" if line.diverged else ""),
        "–" if line.p_holm is None else f"{line.p_holm:.2g}",
        line.relation,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _about(each: Rerun) -> list[str]:
    clip = f" The clip acted: {each.fired}." if each.fired else ""
    part = "" if each.whole else ": a subset, so absolute numbers are not those of the whole set"
    return [
        f"Claimed: {each.said} {f'({each.published}) ' if each.published else ''}Source: {each.source}.",
        "",
        f"Measured on {each.data} (n = {each.rows:,}){part}; {each.runs} runs of {each.epochs} epochs.{clip}",
        *(["", " ".join(filter(None, (each.remark, reached(each))))] if each.remark or reached(each) else []),
        "",
        f"**{each.sentence}**",
    ]
