"""Runs as workers keep them: by a heartbeat, until they have ended or are lost.

An attempt number is the fence: it counts up whenever a run is taken, and whatever an older attempt
still writes is refused.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, select, update

from clipviz.core.errors import StaleAttempt
from clipviz.core.run import Request, Result, Run, State
from clipviz.store.database import Database
from clipviz.store.editing import plain
from clipviz.store.events import record
from clipviz.store.schema import runs
from clipviz.store.transitions import after_loss


class Leases:
    """What workers do with runs that they have taken; StaleAttempt is raised where an `attempt` is not the owner's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def held(self, owner: str) -> list[Run]:
        """The runs that this worker is training."""
        query = select(runs).where(runs.c.state == State.RUNNING, runs.c.owner == owner)
        with self._database.reading() as connection:
            return [as_run(row) for row in connection.execute(query).mappings()]

    def begin(self, id: str, attempt: int, steps: int, device: str, owner: str = "") -> Run:
        """Tell how many steps are planned, on what device, and who works on it if not the claimer."""
        known = {"owner": owner} if owner else {}
        return self._write(id, attempt, steps=steps, device=device, **known)

    def beat(self, id: str, attempt: int, lease_seconds: float, step: int) -> Request:
        """Keep the lease, say how far the run is, and hear what people want of it."""
        lease_until = self._database.now() + timedelta(seconds=lease_seconds)
        return self._write(id, attempt, lease_until=lease_until, step=step).request

    def beat_together(
        self, steps: Mapping[tuple[str, int], int], lease_seconds: float
    ) -> dict[tuple[str, int], Request | StaleAttempt]:
        """`beat` for many (run, attempt), with how far each is; where one is no longer owned, why not."""
        held = select(runs.c.id, runs.c.attempt, runs.c.state, runs.c.request)
        held = together(held.where(runs.c.id.in_([id for id, _ in steps])))
        with self._database.writing() as connection:
            lease_until = self._database.now() + timedelta(seconds=lease_seconds)
            rows = {row["id"]: row for row in connection.execute(held).mappings()}
            heard: dict[tuple[str, int], Request | StaleAttempt] = {}
            for id, attempt in steps:
                row = rows.get(id)
                heard[id, attempt] = (
                    row["request"] if row and _owns(row, attempt) else _stale(row, id, attempt)
                )
            going = [
                {"of": id, "step": step}
                for (id, attempt), step in steps.items()
                if not isinstance(heard[id, attempt], StaleAttempt)
            ]
            if going:
                mine = update(runs).where(runs.c.id == bindparam("of"))
                connection.execute(mine.values(step=bindparam("step"), lease_until=lease_until), going)
        return heard

    def finish(self, id: str, attempt: int, state: State, reason: str, result: Result | None) -> Run:
        """End the attempt in a final state, or paused; a pause that was taken back queues the run."""
        with self._database.writing() as connection:
            row = owned(connection, id, attempt)
            now = self._database.now()
            if state is State.PAUSED and row["request"] == "run":
                state = State.QUEUED
            values: dict[str, Any] = {"state": state, "reason": plain(reason), "lease_until": None}
            if state is not State.QUEUED:
                values["request"] = "run"
            if state.final:
                values["ended_at"] = now
            if result is not None:
                values["result"] = result.model_dump(mode="json")
            return as_run(changed(connection, row, **values))

    def release(self, id: str, attempt: int, reason: str) -> Run:
        """Give the run back, its checkpoint written: the worker was told to go, nothing has failed."""
        with self._database.writing() as connection:
            row = owned(connection, id, attempt)
            waits = (
                {"state": State.PAUSED, "request": "run"}
                if row["request"] == "pause"
                else {"state": State.QUEUED}
            )
            return as_run(changed(connection, row, lease_until=None, reason=plain(reason), **waits))

    def lost(self, id: str, attempt: int, reason: str) -> Run:
        """The worker died for `reason`: queue the run again, or end it as failed when it comes no further."""
        with self._database.writing() as connection:
            return as_run(
                lose(connection, owned(connection, id, attempt), plain(reason), self._database.now())
            )

    def _write(self, id: str, attempt: int, **values: Any) -> Run:
        with self._database.writing() as connection:
            return as_run(changed(connection, owned(connection, id, attempt), **values))


def together(query: Select[Any]) -> Select[Any]:
    """Locks the runs of a query in the one order in which everybody takes several: nobody waits in a circle."""
    return query.order_by(runs.c.id).with_for_update(key_share=True)


def owned(connection: Connection, id: str, attempt: int) -> RowMapping:
    """The row of a running run, locked, if this attempt owns it; raises StaleAttempt."""
    query = select(runs).where(runs.c.id == id).with_for_update(key_share=True)
    row = connection.execute(query).mappings().one_or_none()
    if row is None or not _owns(row, attempt):
        raise _stale(row, id, attempt)
    return row


def lose(connection: Connection, row: RowMapping, reason: str, now: datetime) -> RowMapping:
    """Queues a run again that its worker has lost, or ends it as failed when it comes no further."""
    values = after_loss(dict(row), reason)
    if values["state"] == State.FAILED:
        values["ended_at"] = now
    record(connection, row["id"], row["attempt"], row["step"], "warning", values["reason"], now)
    return changed(connection, row, **values)


def _owns(row: RowMapping, attempt: int) -> bool:
    return bool(row["attempt"] == attempt and row["state"] == State.RUNNING)


def _stale(row: RowMapping | None, id: str, attempt: int) -> StaleAttempt:
    now_at = "no such run" if row is None else f"attempt {row['attempt']}, {row['state']}"
    return StaleAttempt(
        "Only the attempt that owns a run may write to it",
        f"attempt {attempt} of {id}; it is at {now_at}",
        "Leave the run to its owner",
    )


def as_run(row: RowMapping) -> Run:
    """The record of a run as the domain knows it."""
    return Run.model_validate({name: row[name] for name in Run.model_fields})


def changed(connection: Connection, row: RowMapping, **values: Any) -> RowMapping:
    """Changes a run; the row as it is then."""
    change = update(runs).where(runs.c.id == row["id"]).values(values).returning(*runs.c)
    return connection.execute(change).mappings().one()
