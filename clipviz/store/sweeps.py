"""The team's sweeps: their plan, and their cells, which are runs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from clipviz.core.ids import new_id
from clipviz.core.part import Part
from clipviz.core.recipe import Recipe
from clipviz.core.run import Request, Run, State
from clipviz.core.screening import Round
from clipviz.core.sweep import Design, Extension, Sweep, Variant
from clipviz.store.database import Database
from clipviz.store.editing import clean_name, edit, existing, found, plain, somebody, touch
from clipviz.store.leases import as_run, together
from clipviz.store.recipes import as_row
from clipviz.store.runs import as_new_row, ask
from clipviz.store.schema import datasets, recipes, runs, sweeps


@dataclass(frozen=True)
class Cell:
    """A run to be: its recipe, the arm that it belongs to, and its program."""

    recipe: Recipe
    arm: str
    program: str

    @property
    def name(self) -> str:
        return f"{self.arm}, seed {self.recipe.seed}"


class Sweeps:
    """Sweeps of one store. Methods raise StoreUnavailable when the database is locked, full or away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        design: Design,
        variants: Sequence[Variant],
        cells: Sequence[Cell],
        name: str,
        who: str,
        rounds: Sequence[Round] = (),
    ) -> Sweep:
        """Save a sweep and queue all its runs, or nothing of it. Raises NotFound when the dataset is gone.

        rounds: the first one of a sweep that chooses as it goes; more may follow.
        """
        dataset = design.recipe.data.dataset
        with self._database.writing() as connection:
            now = self._database.now()
            found(connection, datasets, dataset, now, lock=True)
            values = {
                "id": new_id(),
                "dataset": dataset,
                "name": clean_name(name),
                **_plan(design, variants),
                "rounds": _as_json(rounds),
                "extensions": _as_json(()),
                "choosing": bool(rounds),
                "held": False,
                "created_by": plain(who),
                "created_at": now,
                "changed_by": plain(who),
                "changed_at": now,
                "revision": 1,
            }
            row = connection.execute(insert(sweeps).values(values).returning(*sweeps.c)).mappings().one()
            _queue(connection, row, cells, who, now)
            return _sweep(row)

    def extend(
        self,
        seen: Sweep,
        design: Design,
        variants: Sequence[Variant],
        cells: Sequence[Cell],
        who: str,
        rounds: Sequence[Round] | None = None,
        choosing: bool | None = None,
    ) -> Sweep:
        """Change the plan and queue the cells that are new, or were deleted; those that are there stay as they are.

        rounds, choosing: what was decided by now, and whether more may follow; None leaves them. Seeds that the
        design did not have are remembered as an extension. Raises Conflict when somebody changed it in between,
        NotFound when it is gone.
        """
        added = tuple(seed for seed in design.seeds if seed not in seen.design.seeds)
        living = (runs.c.sweep == seen.id, runs.c.deleted_at.is_(None))
        with self._database.writing() as connection:
            now = self._database.now()
            existing(connection, datasets, seen.dataset, lock=True)  # nobody else adds its recipes meanwhile
            cells_there = connection.execute(
                select(runs.c.arm, runs.c.seed, runs.c.state).where(*living)
            ).all()
            ended = sum(each.state in (State.FINISHED, State.FAILED) for each in cells_there)
            more = (Extension(seeds=added, at=now, ended=ended),) if added else ()
            values = {
                **_plan(design, variants),
                "rounds": _as_json(seen.rounds if rounds is None else rounds),
                "extensions": _as_json((*seen.extensions, *more)),
                "choosing": seen.choosing if choosing is None else choosing,
            }
            row = edit(connection, sweeps, seen.id, seen.revision, who, now, **values)
            there = {(each.arm, each.seed) for each in cells_there}
            new = [cell for cell in cells if (cell.arm, cell.recipe.seed) not in there]
            _queue(connection, row, new, who, now)
            return _sweep(row)

    def choosing(self) -> list[Sweep]:
        """The sweeps that have another round to decide, oldest first."""
        query = select(sweeps).where(sweeps.c.choosing, sweeps.c.deleted_at.is_(None))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(sweeps.c.created_at, sweeps.c.id)).mappings()
            return [_sweep(row) for row in rows]

    def get(self, id: str) -> Sweep:
        """One sweep; raises NotFound that says whether it never existed or who deleted it."""
        with self._database.reading() as connection:
            return _sweep(found(connection, sweeps, id, self._database.now()))

    def runs(self, id: str) -> list[Run]:
        """Its cells, in the order in which they are trained."""
        query = select(runs).where(runs.c.sweep == plain(id), runs.c.deleted_at.is_(None))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(runs.c.created_at, runs.c.id)).mappings()
            return [as_run(row) for row in rows]

    def list(self, limit: int = 100, dataset: str | None = None) -> list[Sweep]:
        """Sweeps, newest first."""
        query = select(sweeps).where(sweeps.c.deleted_at.is_(None)).limit(limit)
        query = query.order_by(sweeps.c.created_at.desc(), sweeps.c.id)
        if dataset is not None:
            query = query.where(sweeps.c.dataset == dataset)
        with self._database.reading() as connection:
            return [_sweep(row) for row in connection.execute(query).mappings()]

    def ask(self, id: str, request: Request, who: str, waiting_only: bool = False) -> int:
        """Ask every cell that has not ended to pause, to stop or to run on; how many there were.

        A sweep that chooses as it goes remembers a pause: it may reach it between two rounds. waiting_only: what
        trains is left alone.
        """
        with self._database.writing() as connection:
            now = self._database.now()
            found(connection, sweeps, id, now, lock=True)
            if not waiting_only:
                held = update(sweeps).where(sweeps.c.id == id).values(held=request == "pause")
                connection.execute(held)
            return _ask(connection, id, request, who, now, waiting_only)

    def delete(self, id: str, who: str) -> Sweep:
        """Hide a sweep and stop what waits of it; `restore` brings it back. Raises NotFound."""
        with self._database.writing() as connection:
            now = self._database.now()
            row = found(connection, sweeps, id, now, lock=True)
            _ask(connection, id, "stop", who, now)
            return _sweep(touch(connection, sweeps, row, who, now, deleted_at=now))

    def restore(self, id: str, who: str) -> Sweep:
        """Undo `delete`; a sweep that is not deleted stays as it is. Raises NotFound."""
        with self._database.writing() as connection:
            row = existing(connection, sweeps, id, lock=True)
            if row["deleted_at"] is not None:
                row = touch(connection, sweeps, row, who, self._database.now(), deleted_at=None)
            return _sweep(row)


def _ask(
    connection: Connection, id: str, request: Request, who: str, now: datetime, waiting_only: bool = False
) -> int:
    query = together(select(runs).where(runs.c.sweep == id, runs.c.deleted_at.is_(None)))
    going = [row for row in connection.execute(query).mappings() if not State(row["state"]).final]
    if waiting_only:
        going = [row for row in going if State(row["state"]) is State.QUEUED]
    for row in going:
        ask(connection, row, request, somebody(plain(who)), now)
    return len(going)


def _plan(design: Design, variants: Sequence[Variant]) -> dict[str, str]:
    return {"design": design.model_dump_json(), "variants": _as_json(variants)}


def _as_json(parts: Sequence[Part]) -> str:
    return json.dumps([part.model_dump(mode="json") for part in parts], ensure_ascii=False)


def _queue(connection: Connection, sweep: RowMapping, cells: Sequence[Cell], who: str, now: datetime) -> None:
    """One run a cell; a microsecond apart, so that they are trained in this order."""
    if not cells:
        return
    newest = connection.scalar(select(func.max(runs.c.created_at)).where(runs.c.sweep == sweep["id"]))
    first = now if newest is None else max(now, newest + timedelta(microseconds=1))
    by_id = {cell.recipe.id: cell for cell in cells}
    known = set(connection.scalars(select(recipes.c.id).where(recipes.c.dataset == sweep["dataset"])))
    new = [
        as_row(cell.recipe, cell.name, who, now, listed=False)
        for id, cell in by_id.items()
        if id not in known
    ]
    if new:
        connection.execute(insert(recipes), new)
    waits = {"state": State.PAUSED, "reason": "paused with its sweep"}
    rows = [
        as_new_row(
            id, sweep["dataset"], clean_name(cell.name), plain(who), first + timedelta(microseconds=place)
        )
        | {"sweep": sweep["id"], "arm": cell.arm, "seed": cell.recipe.seed, "program": cell.program}
        | (waits if sweep["held"] and sweep["choosing"] else {})
        for place, (id, cell) in enumerate(by_id.items())
    ]
    connection.execute(insert(runs), rows)


def _sweep(row: RowMapping) -> Sweep:
    documents = ("design", "variants", "rounds", "extensions")
    given = {name: row[name] for name in Sweep.model_fields if name not in documents}
    return Sweep(
        design=Design.model_validate_json(row["design"]),
        variants=tuple(Variant.model_validate(each) for each in json.loads(row["variants"])),
        rounds=tuple(Round.model_validate(each) for each in json.loads(row["rounds"])),
        extensions=tuple(Extension.model_validate(each) for each in json.loads(row["extensions"])),
        **given,
    )
