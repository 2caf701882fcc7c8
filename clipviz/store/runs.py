"""Runs as people see them: submitted, listed, renamed, paused, stopped, resumed, deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from clipviz.core.errors import Conflict, NotFound
from clipviz.core.ids import new_id
from clipviz.core.run import Request, Run, State
from clipviz.store.claims import Claims
from clipviz.store.editing import clean_name, edit, existing, found, plain, somebody, touch
from clipviz.store.events import record
from clipviz.store.leases import Leases, as_run
from clipviz.store.schema import datasets, recipes, runs
from clipviz.store.transitions import ASKED, ENDED, answer

NOTE_LENGTH = 10_000


class Runs(Claims, Leases):
    """Runs of one store: what people do with them; what workers do with them is inherited.

    Methods raise StoreUnavailable when the database is locked, full or away.
    """

    def submit(self, recipe: str, name: str, who: str, owner: str = "", lease_seconds: float = 0.0) -> Run:
        """Queue a run of a saved recipe. With an `owner` the run is born running and leased to it, so that
        no runner takes it. Raises NotFound when the recipe, or its dataset, is gone.
        """
        with self._database.writing() as connection:
            now = self._database.now()
            saved = _saved_recipe(connection, recipe)
            found(connection, datasets, saved["dataset"], now, lock=True)
            values = as_new_row(saved["id"], saved["dataset"], clean_name(name), plain(who), now)
            row = connection.execute(insert(runs).values(values).returning(*runs.c)).mappings().one()
            return self._take(connection, row, owner, lease_seconds) if owner else as_run(row)

    def get(self, id: str) -> Run:
        """One run; raises NotFound that says whether it never existed or who deleted it."""
        with self._database.reading() as connection:
            return as_run(found(connection, runs, id, self._database.now()))

    def many(self, ids: Sequence[str]) -> list[Run]:
        """The living runs among `ids`, in that order; the others are left out."""
        query = select(runs).where(runs.c.id.in_([plain(id) for id in ids]), runs.c.deleted_at.is_(None))
        with self._database.reading() as connection:
            rows = {row["id"]: as_run(row) for row in connection.execute(query).mappings()}
        return [rows[id] for id in ids if id in rows]

    def list(
        self,
        limit: int = 100,
        dataset: str | None = None,
        include_deleted: bool = False,
        include_sweeps: bool = False,
    ) -> list[Run]:
        """Runs, newest first; the cells of sweeps are left out unless asked for."""
        query = select(runs).order_by(runs.c.created_at.desc(), runs.c.id).limit(limit)
        if not include_sweeps:
            query = query.where(runs.c.sweep.is_(None))
        if dataset is not None:
            query = query.where(runs.c.dataset == dataset)
        if not include_deleted:
            query = query.where(runs.c.deleted_at.is_(None))
        with self._database.reading() as connection:
            return [as_run(row) for row in connection.execute(query).mappings()]

    def rename(self, id: str, name: str, revision: int, who: str) -> Run:
        """Give a new name; raises Conflict when somebody edited it in between, NotFound when it is gone."""
        return self._edit(id, revision, who, name=clean_name(name))

    def note(self, id: str, text: str, revision: int, who: str) -> Run:
        """Set the note (at most 10,000 characters are kept); raises as `rename` does."""
        return self._edit(id, revision, who, note=plain(text)[:NOTE_LENGTH])

    def _edit(self, id: str, revision: int, who: str, **values: Any) -> Run:
        with self._database.writing() as connection:
            return as_run(edit(connection, runs, id, revision, who, self._database.now(), **values))

    def ask(self, id: str, request: Request, who: str) -> Run:
        """Ask a run to pause, to stop, or to run on.

        A waiting run changes at once; a running one when its worker next looks, within half a second. A run
        that has trained before still stops through a worker, which computes its result. Raises NotFound, and
        Conflict when the run has ended.
        """
        with self._database.writing() as connection:
            now = self._database.now()
            row = found(connection, runs, id, now, lock=True)
            state = State(row["state"])
            if state.final:
                raise Conflict(f"This run has {ENDED[state]} already", None, "Clone it to train again")
            return as_run(ask(connection, row, request, somebody(plain(who)), now))

    def delete(self, id: str, who: str) -> Run:
        """Hide a run from the team; `restore` brings it back. A queued one is stopped first.

        Raises NotFound, and Conflict while it is running.
        """
        with self._database.writing() as connection:
            now = self._database.now()
            row = found(connection, runs, id, now, lock=True)
            if row["state"] == State.RUNNING:
                raise Conflict("A running run cannot be deleted", row["name"], "Stop it first")
            values: dict[str, Any] = {"deleted_at": now}
            if row["state"] == State.QUEUED:
                values |= {"state": State.STOPPED, "ended_at": now, "reason": "deleted before it started"}
            return as_run(touch(connection, runs, row, who, now, **values))

    def restore(self, id: str, who: str) -> Run:
        """Undo `delete`; a run that is not deleted stays as it is.

        Raises NotFound, and Conflict where its sweep has trained another one in its place.
        """
        with self._database.writing() as connection:
            row = existing(connection, runs, id, lock=True)
            if row["deleted_at"] is not None:
                _place_is_free(connection, row)
                row = touch(connection, runs, row, who, self._database.now(), deleted_at=None)
            return as_run(row)


def ask(connection: Connection, row: RowMapping, request: Request, who: str, now: datetime) -> RowMapping:
    """What `Runs.ask` does to the row of a run that has not ended."""
    values = answer(State(row["state"]), request, row["attempt"], who)
    if values.get("state") == State.STOPPED:
        values["ended_at"] = now
    change = update(runs).where(runs.c.id == row["id"]).values(values).returning(*runs.c)
    answered = connection.execute(change).mappings().one()
    if (answered["state"], answered["request"]) != (row["state"], row["request"]):
        record(connection, row["id"], row["attempt"], row["step"], "info", f"{who} {ASKED[request]}", now)
    return answered


def _place_is_free(connection: Connection, row: RowMapping) -> None:
    """That no other run of its sweep has its arm and seed."""
    same = (runs.c[name] == row[name] for name in ("sweep", "arm", "seed"))
    others = select(runs.c.name).where(*same, runs.c.deleted_at.is_(None))
    if row["sweep"] is not None and (other := connection.scalar(others.limit(1))) is not None:
        raise Conflict(
            "Its sweep has filled this run's place since", repr(other), "Delete that run first, or keep it"
        )


def _saved_recipe(connection: Connection, id: str) -> RowMapping:
    row = connection.execute(select(recipes).where(recipes.c.id == plain(id))).mappings().one_or_none()
    if row is None:
        raise NotFound("There is no recipe with this id", repr(id), "Save the recipe first")
    return row


def as_new_row(recipe: str, dataset: str, name: str, who: str, now: datetime) -> dict[str, Any]:
    """The values of a run that is queued."""
    return {
        "id": new_id(),
        "recipe": recipe,
        "dataset": dataset,
        "name": name,
        "note": "",
        "sweep": None,
        "arm": None,
        "seed": None,
        "program": None,
        "state": State.QUEUED,
        "request": "run",
        "attempt": 0,
        "owner": "",
        "reason": "",
        "device": "",
        "step": 0,
        "steps": 0,
        "furthest": 0,
        "stalled": 0,
        "created_by": who,
        "created_at": now,
        "changed_by": who,
        "changed_at": now,
        "revision": 1,
    }
