"""Whose turn it is, and who takes it: runs that wait, with a lease for whoever takes one."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, case, exists, func, or_, select

from clipviz.core.run import Run, State
from clipviz.store.database import Database
from clipviz.store.events import record
from clipviz.store.leases import as_run, changed, lose
from clipviz.store.schema import runs
from clipviz.store.transitions import SUSPECT


class Claims:
    """How workers take runs."""

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
        """Take the run whose turn it is for `owner`, or None; two claimers never get the same one.

        Runs whose lease has expired are queued again first, but for those in `spare`: the claimer watches their
        processes itself.
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

    def _silent(self, spare: Collection[str]) -> Any:
        expired = and_(runs.c.state == State.RUNNING, runs.c.lease_until < self._database.now())
        return and_(expired, runs.c.id.not_in(list(spare)))

    def _requeue(self, connection: Connection, silent: Any) -> None:
        for row in (
            connection.execute(select(runs).where(silent).with_for_update(skip_locked=True, key_share=True))
            .mappings()
            .all()
        ):
            lose(connection, row, f"lost touch with {row['owner']}", self._database.now())

    def _take(self, connection: Connection, row: RowMapping, owner: str, lease_seconds: float) -> Run:
        now = self._database.now()
        taken = changed(
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
