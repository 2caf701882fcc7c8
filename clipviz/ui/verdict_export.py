"""A verdict to take away: rows, a document, or one HTML file that needs nothing else."""

import importlib.metadata
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from clipviz.analysis.verdict.gather import Group
from clipviz.analysis.verdict.verdict import Verdict
from clipviz.charts import report
from clipviz.core.errors import NotFound
from clipviz.core.judging import reads
from clipviz.core.recipe import Recipe
from clipviz.core.sweep import Sweep
from clipviz.datasets import files
from clipviz.ui import state, verdict_origin, verdict_pictures, verdicts

VERSIONS = ("clipviz", "torch", "numpy", "scipy")
SHEET = 9
"""Numbers beside the two names of a comparison."""


@dataclass(frozen=True)
class Plan:
    """What was trained, as a document that says all.

    recipe: what the arms have in common, but for what varies; sweep: whose verdict it is; groups: all its arms, those
    of other doses of outliers too.
    """

    recipe: Recipe
    document: dict[str, Any]
    sweep: Sweep | None = None
    groups: Sequence[Group] = ()

    @classmethod
    def of_sweep(cls, sweep: Sweep, groups: Sequence[Group] = ()) -> "Plan":
        arms = {variant.name: variant.recipe.model_dump(mode="json") for variant in sweep.variants}
        varies = [each.model_dump(mode="json") for each in sweep.design.vary]
        decided = [each.model_dump(mode="json") for each in sweep.rounds]
        added = [each.model_dump(mode="json") for each in sweep.extensions]
        document = {
            "varies": varies, "seeds": list(sweep.seeds), "extensions": added, "rounds": decided, "arms": arms
        }  # fmt: skip
        return cls(sweep.design.recipe, document, sweep, groups)

    @classmethod
    def of_arms(cls, groups: Sequence[Group], recipe: Recipe) -> "Plan":
        arms = {group.variant.name: group.variant.recipe.model_dump(mode="json") for group in groups}
        return cls(recipe, {"arms": arms}, groups=groups)

    @property
    def inputs(self) -> str:
        """What to say where arms read other columns, or more of a text, than the recipe."""
        arms = self.sweep.variants if self.sweep else [group.variant for group in self.groups]
        varied = any(reads(arm.recipe) != reads(self.recipe) for arm in arms)
        return " (other arms read others of the same rows)" if varied else ""


def downloads(verdict: Verdict, groups: Sequence[Group], title: str, plan: Plan, key: str) -> None:
    with st.popover("Export", icon=":material/download:"):
        st.download_button(
            "Report as one HTML file",
            lambda: html(verdict, groups, title, plan).encode(),
            file_name="verdict.html",
            mime="text/html",
            key=f"html:{key}",
            on_click="ignore",
        )
        st.download_button(
            "Runs as CSV",
            lambda: csv(groups).encode(),
            "runs.csv",
            "text/csv",
            key=f"csv:{key}",
            on_click="ignore",
        )
        st.download_button(
            "Verdict as JSON",
            lambda: document(verdict, plan).encode(),
            "verdict.json",
            "application/json",
            key=f"json:{key}",
            on_click="ignore",
        )


def csv(groups: Sequence[Group]) -> str:
    """One line a run: arm, seed, state, every test metric, share of steps clipped, seconds."""
    lines = [
        {
            "arm": files.neutral(group.variant.name),
            "reference": files.neutral(group.variant.reference),
            "seed": seed,
            "run": run.id,
            "state": run.state.value,
            **{f"test {name}": value for name, value in result.get("metrics", {}).items()},
            **{f"validation {name}": value for name, value in result.get("validation", {}).items()},
            "clipped_share": result.get("clipped_share"),
            "seconds": result.get("seconds"),
        }
        for group in groups
        for seed, run in sorted(group.runs.items())
        for result in [run.result or {}]
    ]
    return str(pd.DataFrame(lines).to_csv(index=False))


def document(verdict: Verdict, plan: Plan) -> str:
    whole = {
        "verdict": verdict.model_dump(mode="json"),
        "plan": plan.document,
        **_origin(plan),
    }
    return json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False)


def html(verdict: Verdict, groups: Sequence[Group], title: str, plan: Plan) -> str:
    """The report: answer, pictures, numbers, recipes, fingerprint of the data, versions."""
    arms, comparisons = verdicts.arms(verdict), verdicts.comparisons(verdict)
    origin = _origin(plan)
    under_way = any(not run.state.final for group in plan.groups or groups for run in group.runs.values())
    parts = [
        report.paragraph(("So far: " if under_way else "") + verdict.sentence, "answer"),
        *(report.paragraph(said) for said in verdict.context),
        *(report.paragraph(warning) for warning in verdict.warnings),
        *(report.paragraph(advice, "muted") for advice in verdict.advice),
        report.paragraph(verdicts.cost(plan.groups or groups), "muted"),
    ]
    for picture in verdict_pictures.pictures(verdict, groups, plan.sweep, plan.groups):
        parts += [report.heading(picture.title), report.figure(picture.draw)]
        parts += [report.paragraph(picture.caption, "muted")] if picture.caption else []
    parts += [
        report.heading("Arms"),
        _table(arms),
        report.heading("Comparisons"),
        *(_table(part) for part in _halves(comparisons)),
        report.heading("Where it comes from"),
        *(report.paragraph(said) for said in verdict_origin.paragraphs(plan.recipe, plan.inputs)),
        report.preformatted(json.dumps(origin, indent=2, ensure_ascii=False)),
        report.heading("What was trained"),
        report.preformatted(
            json.dumps(plan.document, indent=2, ensure_ascii=False), "Every arm's recipe, as JSON"
        ),
    ]
    return report.page(title, parts)


def _table(frame: pd.DataFrame) -> str:
    return report.table(list(frame.columns), frame.astype(str).to_numpy().tolist())


def _halves(comparisons: pd.DataFrame) -> list[pd.DataFrame]:
    """The numbers of comparisons as two tables, each with their names, that fit on a sheet of paper."""
    names, rest = list(comparisons.columns[:2]), list(comparisons.columns[2:])
    return [comparisons[[*names, *rest[:SHEET]]], comparisons[[*names, *rest[SHEET:]]]]


def _origin(plan: Plan) -> dict[str, object]:
    """The data by its content hash, the versions, and when this was written."""
    try:
        dataset = state.store().datasets.get(plan.recipe.data.dataset, include_deleted=True)
        data: dict[str, object] = {
            "name": dataset.name, "id": dataset.id, "source sha256": dataset.source, "rows": dataset.rows,
        }  # fmt: skip
    except NotFound:
        data = {"id": plan.recipe.data.dataset}
    versions = {}
    for name in VERSIONS:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return {"data": data, "versions": versions, "written": datetime.now(UTC).isoformat(timespec="seconds")}
