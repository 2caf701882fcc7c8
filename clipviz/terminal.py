"""What a terminal shows: documents, tables, and how far a sweep is; text of users made inert."""

import json
from collections.abc import Iterable, Sequence
from typing import TextIO

import typer
from pydantic import BaseModel

from clipviz.analysis.claimed import Rerun, reached, shown
from clipviz.analysis.verdict.doses import Doses
from clipviz.analysis.verdict.verdict import Verdict
from clipviz.catalogue import PolicyField
from clipviz.core.health import Health
from clipviz.core.sweep import Standing


def print_json(answer: BaseModel | Sequence[BaseModel]) -> None:
    """One JSON document on one line."""
    one = (
        answer.model_dump(mode="json")
        if isinstance(answer, BaseModel)
        else [a.model_dump(mode="json") for a in answer]
    )
    typer.echo(json.dumps(one, ensure_ascii=False, allow_nan=False))


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Cells in columns."""
    cells = [head, *([inert(cell) for cell in row] for row in rows)]
    widths = [max(len(row[position]) for row in cells) for position in range(len(head))]
    for row in cells:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def inert(text: str) -> str:
    """Text of users without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def sentence(text: str) -> str:
    """Text of users made inert, with one full stop at its end."""
    return f"{inert(text).rstrip().rstrip('.')}."


def number(value: float | None) -> str:
    """Five digits; a dash where there is none."""
    return "-" if value is None else f"{value:.5g}"


def print_fields(fields: Iterable[PolicyField]) -> None:
    """A line a field: its default, unit and bounds, and what it means."""
    for field in fields:
        unit = f" [{field.unit}]" if field.unit else ""
        limits = f", {field.bounds}" if field.bounds else ""
        typer.echo(f"    {field.name} = {field.default}{unit}{limits}: {field.description}")


def print_health(health: Health) -> None:
    """The clip ledger of a run, then what was found."""
    head = ("gradient of", "clipped", *(f"norm {name}" for name in ("p50", "p90", "p99", "largest")))
    print_table(
        (*head, "after p50", "p90", "p99", "largest"),
        (
            (
                entry.layer,
                number(entry.clipped_share),
                *(number(norms[key]) for norms in both for key in ("p50", "p90", "p99", "largest")),
            )
            for entry in health.ledger.entries
            for both in [(entry.before.model_dump(), entry.after.model_dump())]
        ),
    )
    typer.echo(inert(health.ledger.words))
    for finding in health.findings:
        if finding.text != health.ledger.words:
            typer.echo(inert(f"{finding.weight}: {finding.text} {finding.remedy}"))
    if health.dominant is not None:
        typer.echo(inert(f"{health.dominant.text} {health.dominant.remedy}".rstrip()))


def print_verdict(verdict: Verdict) -> None:
    """The arms with their differences, then the answer and what to know about it."""
    against = {each.arm: each for each in reversed(verdict.comparisons)}
    print_table(
        (
            "arm",
            f"test {verdict.metric.title}",
            "sd",
            "runs",
            "diverged",
            "difference",
            "95% from",
            "to",
            "Holm p",
        ),
        (
            (
                arm.name,
                number(arm.mean),
                number(arm.sd),
                str(arm.runs),
                str(arm.diverged.count),
                *(
                    number(getattr(against.get(arm.name), field, None))
                    for field in ("mean", "low", "high", "p_holm")
                ),
            )
            for arm in verdict.arms
        ),
    )
    for sentence in (verdict.sentence, *verdict.context, *verdict.warnings, *verdict.advice):
        typer.echo(inert(sentence))


def print_doses(found: Doses) -> None:
    """Means over seeds, a line a policy, a column a dose."""
    known = sorted({point.dose for each in found.curves for point in each.points})
    by_dose = [({point.dose: point.mean for point in each.points}, each.policy) for each in found.curves]
    print_table(
        (found.axis, *(f"{dose:g}" for dose in known)),
        ((policy, *(number(means.get(dose)) for dose in known)) for means, policy in by_dose),
    )


def print_rerun(found: Rerun) -> None:
    """What is claimed beside what was measured, then the answer."""
    print_table(
        ("metric", "claimed", "arm", "measured", "difference", "95% from", "to", "seeds", "Holm p", "says"),
        (
            (
                line.title,
                f"{shown(line.metric, line.claimed_before)} -> {shown(line.metric, line.claimed_after)}",
                line.arm,
                f"{shown(line.metric, line.before)} -> {shown(line.metric, line.after)}",
                *(shown(line.metric, value, True) for value in (line.difference, line.low, line.high)),
                str(line.seeds),
                number(line.p_holm),
                line.relation,
            )
            for line in found.lines
        ),
    )
    of = "" if found.whole else ", a subset"
    for sentence in (
        found.sentence,
        found.fired,
        f"{found.data}: n = {found.rows:,}{of}",
        found.remark,
        reached(found),
    ):
        if sentence:
            typer.echo(inert(sentence))


def print_claims(found: Sequence[tuple[str, str, Rerun | None]]) -> None:
    """A line a claim: its id, its published numbers, and what was measured."""
    print_table(
        ("claim", "claimed", "measured"),
        ((id, said, "not yet" if run is None else run.sentence) for id, said, run in found),
    )


class SweepLine:
    """How far a sweep is, in one line of a terminal; a line a run where it is none."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._length = 0

    def __call__(self, standing: Standing, left: float | None) -> None:
        words = f"{standing.ended:,} of {standing.runs:,} runs ended"
        words += f", about {in_minutes(left)} left" if left else ""
        if not self._stream.isatty():
            self._stream.write(f"{words}\n")
        else:
            self._stream.write("\r" + words.ljust(self._length) + ("\n" if standing.over else ""))
            self._length = len(words)
        self._stream.flush()


def in_minutes(seconds: float) -> str:
    """A time as people say it: 40 s, 3 min, 2 h."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
