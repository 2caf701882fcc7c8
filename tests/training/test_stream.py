"""Rows that do not fit are streamed: the same batches, the same bits."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch

from clipviz.core.errors import TrainingFailed
from clipviz.core.run import State
from clipviz.core.table import Table
from clipviz.training import stream
from clipviz.training.assembly import assemble
from clipviz.training.ending import MODEL
from clipviz.training.loop import train
from clipviz.training.rows import Rows, order, prepare
from clipviz.training.stream import Streamed, spooled

from .conftest import Ear, classification, recipe, regression


def both(table: Table, folder: Path) -> tuple[Rows, Streamed]:
    network = assemble(recipe(), table, "cpu").network
    resident = prepare(network, table, table.train, "cpu")
    streamed = prepare(network, table, table.train, "cpu", folder)
    assert isinstance(resident, Rows) and isinstance(streamed, Streamed)
    return resident, streamed


@pytest.mark.parametrize("table", [regression(2000), classification(2000)], ids=["numbers", "classes"])
@pytest.mark.parametrize("block", [1, 2000, 8 << 20])
def test_batches_come_in_the_same_order_with_the_same_bits(
    table: Table, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BLOCK_BYTES", block)
    resident, streamed = both(table, tmp_path)
    places = order(len(resident), 0, 1)
    for one, other in zip(resident.batches(places, 32), streamed.batches(places, 32), strict=True):
        for left, right in zip(resident.batch(one), streamed.batch(other), strict=True):
            assert torch.equal(left, right)


def test_a_plan_may_begin_in_the_middle_and_be_left(tmp_path: Path) -> None:
    resident, streamed = both(regression(2000), tmp_path)
    places = order(len(resident), 0, 1)
    streamed.batches(places, 32)
    batches = streamed.batches(places, 32, first=7)
    for batch in (batches[7], batches[2], torch.tensor([3, 1]), batches[8]):  # of the plan, and beside it
        assert torch.equal(streamed.batch(batch)[0], resident.batch(batch)[0])


def test_blocks_and_some_rows_are_those_of_resident_ones(tmp_path: Path) -> None:
    resident, streamed = both(classification(500), tmp_path)
    assert len(streamed) == len(resident)
    for one, other in itertools.zip_longest(resident.blocks(100), streamed.blocks(100)):
        assert torch.equal(one, other)
    some, same = (rows.take(np.array([5, 2])) for rows in (resident, streamed))
    assert torch.equal(some.inputs, same.inputs) and torch.equal(some.goal, same.goal)


def test_no_more_than_a_few_blocks_are_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BLOCK_BYTES", 4 * 5 * 32)  # one batch a block
    _, streamed = both(regression(2000), tmp_path)
    batches = streamed.batches(np.arange(len(streamed)), 32)
    for batch in batches:
        streamed.batch(batch)
        assert len(streamed._ahead._making) <= stream.AHEAD and len(streamed._ahead._ready) <= 1


@pytest.mark.parametrize("table", [regression(600), classification(600)], ids=["numbers", "classes"])
def test_training_ends_with_the_bits_of_resident_training(table: Table, tmp_path: Path) -> None:
    """Weights, telemetry and metrics; and so does a streamed run that was paused in the middle of an epoch."""
    found = []
    for name, bytes_ in (("resident", None), ("streamed", 0)):
        ear = Ear()
        state, result = train(
            recipe(training__epochs=4),
            table,
            ear,
            device="cpu",
            folder=tmp_path / name,
            resident_bytes=bytes_,
        )
        assert state is State.FINISHED and result is not None
        assert any("streams" in text for text in ear.words("info")) == (name == "streamed")
        found.append(
            ((tmp_path / name / MODEL).read_bytes(), result.metrics, ear.line("step", "loss").tolist())
        )
        assert not list((tmp_path / name).glob("rows-*"))
    assert found[0] == found[1]
    paused = Ear(lambda flushes: "pause" if flushes == 2 else "run")
    again = {"device": "cpu", "folder": tmp_path / "paused", "resident_bytes": 0}
    short = recipe(training__epochs=4)
    state, _ = train(short, table, paused, flush_seconds=0.0, **again)  # type: ignore[arg-type]
    assert state is State.PAUSED
    train(short, table, Ear(), **again)  # type: ignore[arg-type]
    assert (tmp_path / "paused" / MODEL).read_bytes() == found[0][0]


def test_a_full_disk_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stream.tempfile, "TemporaryFile", full)
    with pytest.raises(
        TrainingFailed, match=r"must fit on the disk; received No space left .* Free some space"
    ):
        spooled([], 3, tmp_path)
