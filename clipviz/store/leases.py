"""Runs as workers see them: taken with a lease, kept by a heartbeat, ended or lost.

An attempt number is the fence: it counts up whenever a run is taken, and whatever an older attempt
still writes is refused.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)

from clipviz.core.errors import StaleAttempt
from clipviz.core.run import Request, Result, Run, State
from clipviz.store.database import Database
from clipviz.store.editing import plain
from clipviz.store.events import record
from clipviz.store.schema import runs
from clipviz.store.transitions import SUSPECT, after_loss


class Leases:
    """The workers' half of `Runs`. Where an `attempt` no longer owns the run, StaleAttempt is raised."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, spare: Collection[str] = ()) -> bool:
        """Whether `claim` would find something; reads only, cheap enough to ask ten times a second."""
        queued = and_(runs.c.state == State.QUEUED, runs.c.deleted_at.is_(None))
        waiting = select(runs.c.id).where(or_(queued, self._silent(spare))).limit(1)
        with self._database.reading() as connection:
            return connection.execute(waiting).first() is not None

    def going(self) -> bool:
        """Whether a run waits, or trains as far as the store knows: its worker may have died with its machine."""
        alive = runs.c.state.in_((State.QUEUED, State.RUNNING)) & runs.c.deleted_at.is_(None)
        with self._database.reading() as connection:
            return connection.execute(select(runs.c.id).where(alive).limit(1)).first() is not None

    def claim(self, owner: str, lease_seconds: float, spare: Collection[str] = ()) -> Run | None:
        """Take the oldest queued run for `owner`, or None; two claimers never get the same one.

        The cells of sweeps wait for all other runs. Runs whose lease has expired are queued again first, but
        for those in `spare`: the claimer watches their processes itself.
        """
        with self._database.writing() as connection:
            self._requeue(connection, self._silent(spare))
            first = connection.execute(_next()).mappings().one_or_none()
            return None if first is None else self._take(connection, first, owner, lease_seconds)

    def claim_further(self, owner: str, lease_seconds: float, sweep: str) -> Run | None:
        """Take the run that `claim` would take, if it is one of this sweep: a process that is warm for it goes on,
        and nobody waits longer for that.

        None too where a run has lost touch: only `claim`, which knows whom it watches, can queue it again.
        """
        with self._database.writing() as connection:
            if connection.execute(select(runs.c.id).where(self._silent(())).limit(1)).first() is not None:
                return None
            first = connection.execute(_next()).mappings().one_or_none()
            if first is None or first["sweep"] != sweep:
                return None
            return self._take(connection, first, owner, lease_seconds)

    def claim_cell(
        self, owner: str, lease_seconds: float, *, program: str | None = None, sweep: str | None = None
    ) -> Run | None:
        """Take the oldest queued run of a program, or of a whole sweep; None where there is none.

        None too for a program while a run of nobody's sweep waits: a process that goes on with its program
        must not keep people waiting. Of a whole sweep, runs whose lease has expired are queued again first.
        """
        mine = runs.c.program == program if program is not None else runs.c.sweep == sweep
        oldest = _queued().where(mine).order_by(runs.c.created_at, runs.c.id).limit(1)
        with self._database.writing() as connection:
            if program is not None:
                urgent = _queued().where(runs.c.sweep.is_(None)).limit(1)
                if connection.execute(urgent).first() is not None:
                    return None
            else:
                self._requeue(connection, and_(mine, self._silent(())))
            first = (
                connection.execute(oldest.with_for_update(skip_locked=True, key_share=True))
                .mappings()
                .one_or_none()
            )
            return None if first is None else self._take(connection, first, owner, lease_seconds)

    def claim_program(self, owner: str, lease_seconds: float, program: str, most: int) -> list[Run]:
        """Take up to so many queued runs of a program at once, oldest first, but for suspects; none beside a suspect
        that the owner trains."""
        suspect = runs.c.stalled >= SUSPECT
        mine = _queued().where(runs.c.program == program, ~suspect)
        mine = mine.order_by(runs.c.created_at, runs.c.id).limit(most)
        alone = (
            select(runs.c.id).where(runs.c.owner == owner, runs.c.state == State.RUNNING, suspect).limit(1)
        )
        with self._database.writing() as connection:
            if connection.execute(alone).first() is not None:
                return []
            rows = connection.execute(mine.with_for_update(skip_locked=True, key_share=True)).mappings().all()
            return [self._take(connection, row, owner, lease_seconds) for row in rows]

    def queue(self, run: Run) -> tuple[int, int]:
        """(processes that train now, runs that will be taken before this one)."""
        training = select(func.count(runs.c.owner.distinct())).where(runs.c.state == State.RUNNING)
        earlier = or_(
            runs.c.created_at < run.created_at,
            and_(runs.c.created_at == run.created_at, runs.c.id < run.id),
        )
        before = _queued().where(earlier, runs.c.sweep.is_(None)).with_only_columns(func.count())
        with self._database.reading() as connection:
            return connection.execute(training).scalar_one(), connection.execute(before).scalar_one()

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
            return as_run(_set(connection, row, **values))

    def release(self, id: str, attempt: int, reason: str) -> Run:
        """Give the run back, its checkpoint written: the worker was told to go, nothing has failed."""
        with self._database.writing() as connection:
            row = owned(connection, id, attempt)
            waits = (
                {"state": State.PAUSED, "request": "run"}
                if row["request"] == "pause"
                else {"state": State.QUEUED}
            )
            return as_run(_set(connection, row, lease_until=None, reason=plain(reason), **waits))

    def lost(self, id: str, attempt: int, reason: str) -> Run:
        """The worker died for `reason`: queue the run again, or end it as failed when it comes no further."""
        with self._database.writing() as connection:
            return as_run(self._lose(connection, owned(connection, id, attempt), plain(reason)))

    def _silent(self, spare: Collection[str]) -> Any:
        expired = and_(runs.c.state == State.RUNNING, runs.c.lease_until < self._database.now())
        return and_(expired, runs.c.id.not_in(list(spare)))

    def _requeue(self, connection: Connection, silent: Any) -> None:
        for row in (
            connection.execute(select(runs).where(silent).with_for_update(skip_locked=True, key_share=True))
            .mappings()
            .all()
        ):
            self._lose(connection, row, f"lost touch with {row['owner']}")

    def _take(self, connection: Connection, row: RowMapping, owner: str, lease_seconds: float) -> Run:
        now = self._database.now()
        taken = _set(
            connection,
            row,
            state=State.RUNNING,
            attempt=row["attempt"] + 1,
            owner=owner,
            lease_until=now + timedelta(seconds=lease_seconds),
            reason="",
            started_at=row["started_at"] or now,
        )
        sentence = (
            f"started by {owner}" if taken["attempt"] == 1 else f"attempt {taken['attempt']}, by {owner}"
        )
        record(connection, row["id"], taken["attempt"], row["step"], "info", sentence, now)
        return as_run(taken)

    def _lose(self, connection: Connection, row: RowMapping, reason: str) -> RowMapping:
        now = self._database.now()
        values = after_loss(dict(row), reason)
        if values["state"] == State.FAILED:
            values["ended_at"] = now
        record(connection, row["id"], row["attempt"], row["step"], "warning", values["reason"], now)
        return _set(connection, row, **values)

    def _write(self, id: str, attempt: int, **values: Any) -> Run:
        with self._database.writing() as connection:
            return as_run(_set(connection, owned(connection, id, attempt), **values))


def _queued() -> Select[Any]:
    return select(runs).where(runs.c.state == State.QUEUED, runs.c.deleted_at.is_(None))


def _next() -> Select[Any]:
    """The run whose turn it is: the oldest that is queued. The cells of sweeps wait for all others, and those of a
    program that is being trained for the others: the process that trains it takes them itself."""
    training = runs.alias()
    begun = exists().where(training.c.program == runs.c.program, training.c.state == State.RUNNING)
    turn = case((runs.c.sweep.is_(None), 0), (~begun, 1), else_=2)
    oldest = _queued().order_by(turn, runs.c.created_at, runs.c.id).limit(1)
    return oldest.with_for_update(skip_locked=True, key_share=True)


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


def _set(connection: Connection, row: RowMapping, **values: Any) -> RowMapping:
    change = update(runs).where(runs.c.id == row["id"]).values(values).returning(*runs.c)
    return connection.execute(change).mappings().one()
