from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from clipviz.analysis.verdict import gather, subsets
from clipviz.core.metric import METRICS
from clipviz.core.recipe import Choice, Data, Inputs, Recipe
from clipviz.core.settings import Settings
from clipviz.core.sweep import Variant
from clipviz.core.table import Feature, Table
from clipviz.training.ending import MODEL
from clipviz.training.fit_front import fit
from clipviz.training.network import Network, save
from tests.analysis.verdict.test_gather import run

CLAMP = Inputs(default=Choice.of("fixed", lo=-1.0, hi=1.0))


@pytest.fixture
def table() -> Table:
    generator = np.random.default_rng(0)
    inputs = np.column_stack([generator.normal(size=90), generator.integers(-1, 2, 90)]).astype(np.float64)
    return Table(
        features=(Feature("x"), Feature("kind", ("a", "b"))), inputs=inputs, target=inputs[:, 0].copy(),
        target_name="y", task="regression", classes=(), train=np.arange(40), validation=np.arange(40, 60),
        test=np.arange(60, 90), source_rows=np.arange(90),
    )  # fmt: skip


def groups() -> list[gather.Group]:
    bare = Recipe(data=Data(dataset="00000000000000d1", target="y"))
    variants = (
        Variant(name="none", recipe=bare),
        Variant(name="clamp", recipe=bare.model_copy(update={"inputs": CLAMP}), reference="none"),
    )
    return [gather.Group(each, {seed: run(each, seed) for seed in range(3)}) for each in variants]


def test_a_difference_is_placed_on_the_rows_that_make_it(table: Table) -> None:
    known = groups()
    truth = table.target[table.test]
    far = np.abs(truth) > 1
    said: dict[str, Any] = {}
    for group in known:
        wrong = 1.0 if group.variant.reference else 0.25
        said |= {run.id: truth + np.where(far, wrong, 0.5) + 0.01 * seed for seed, run in group.runs.items()}
    rows = subsets.clipped(table, known[1].variant.recipe)
    beyond, others = subsets.compare(known, "clamp", rows, METRICS["mae"], table, said)
    assert (beyond.rows, others.rows) == (int(far.sum()), int((~far).sum())) and beyond.rows
    assert beyond.difference == pytest.approx(0.75) and others.difference == pytest.approx(0)
    assert beyond.arm_mean == pytest.approx(1.01) and beyond.reference_mean == pytest.approx(0.26)
    assert beyond.seeds == 3 and beyond.reference == "none"
    by_kind = subsets.compare(known, "clamp", subsets.levels(table, "kind"), METRICS["mae"], table, said)
    assert [each.rows_of for each in by_kind] == ["a", "b", "any other"]
    assert sum(each.rows for each in by_kind) == len(table.test)
    some = {id: values for id, values in said.items() if id != known[1].runs[2].id}
    assert subsets.compare(known, "clamp", rows, METRICS["mae"], table, some)[0].seeds == 2, (
        "a network is gone"
    )


def test_networks_are_asked_as_they_were_saved(table: Table, settings: Settings, tmp_path: Path) -> None:
    known = groups()
    front = fit(table, CLAMP).front
    torch.manual_seed(0)
    network = Network(known[1].variant.recipe, front, "regression", ()).eval()
    run = known[1].runs[0]
    (settings.runs / run.id).mkdir(parents=True)
    save(network, table, settings.runs / run.id / MODEL)
    said = subsets.said(settings, known, lambda recipe: table)
    assert list(said) == [run.id], "the others left no network"
    with torch.no_grad():
        direct = network(torch.from_numpy(table.inputs[table.test])).numpy()
    assert said[run.id] == pytest.approx(direct)


def test_networks_that_read_other_columns_are_asked_about_their_own(
    table: Table, settings: Settings, tmp_path: Path
) -> None:
    [bare, clamped] = groups()
    narrow = replace(table, features=table.features[:1], inputs=table.inputs[:, :1])
    by_recipe = {bare.variant.recipe.id: narrow, clamped.variant.recipe.id: table}
    for group in (bare, clamped):
        own = by_recipe[group.variant.recipe.id]
        front = fit(own, group.variant.recipe.inputs).front
        network = Network(group.variant.recipe, front, "regression", ()).eval()
        (settings.runs / group.runs[0].id).mkdir(parents=True)
        save(network, own, settings.runs / group.runs[0].id / MODEL)
    said = subsets.said(settings, [bare, clamped], lambda recipe: by_recipe[recipe.id])
    assert [len(values) for values in said.values()] == [30, 30]
