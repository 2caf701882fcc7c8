"""Edits by people: found or said to be gone, never overwriting what somebody else wrote in between."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select, update

from clipviz.core.errors import Conflict, Deleted, InvalidRecipe, NotFound
from clipviz.core.times import ago

NAME_LENGTH = 200
TOLD = ("name", "note")
"""Fields whose new value a Conflict says; others are documents."""


def found(connection: Connection, table: Table, id: str, now: datetime, *, lock: bool = False) -> RowMapping:
    """The row of a living object; raises NotFound when it never existed, Deleted that says by whom."""
    row = existing(connection, table, id, lock=lock)
    if row["deleted_at"] is not None:
        raise Deleted(
            f"{row['name']!r}: this {_noun(table)} was deleted by {somebody(row['changed_by'])} "
            f"{ago(row['deleted_at'], now)}",
            remedy="Restore it, or choose another one",
        )
    return row


def existing(connection: Connection, table: Table, id: str, *, lock: bool = False) -> RowMapping:
    """The row of an object, deleted or not; raises NotFound. `lock` keeps others from changing it."""
    query = select(table).where(table.c.id == plain(id))
    row = (
        connection.execute(query.with_for_update(key_share=True) if lock else query).mappings().one_or_none()
    )
    if row is None:
        raise NotFound(
            f"There is no {_noun(table)} with this id",
            repr(id),
            "Check the link, or choose one from the list",
        )
    return row


def edit(
    connection: Connection, table: Table, id: str, revision: int, who: str, now: datetime, **values: Any
) -> RowMapping:
    """Set values of a living object if it is still at `revision`, and count the revision up.

    Raises NotFound, and Conflict that says who changed what.
    """
    row = found(connection, table, id, now, lock=True)
    if row["revision"] != revision:
        changes = [f"its {field} is now {row[field]!r}" for field in values if field in TOLD]
        editor, moment = somebody(row["changed_by"]), ago(row["changed_at"], now)
        raise Conflict(
            f"{editor} changed this {_noun(table)} {moment}" + (f": {', '.join(changes)}" if changes else ""),
            None,
            "Look at the change, then edit again if you still want to",
        )
    return touch(connection, table, row, who, now, **values)


def touch(
    connection: Connection, table: Table, row: RowMapping, who: str, now: datetime, **values: Any
) -> RowMapping:
    """Set values of a row on behalf of a person, and count its revision up."""
    change = (
        update(table)
        .where(table.c.id == row["id"])
        .values(changed_by=plain(who), changed_at=now, revision=row["revision"] + 1, **values)
    )
    return connection.execute(change.returning(*table.c)).mappings().one()


def clean_name(name: str) -> str:
    """A name as it is stored: one line, at most 200 characters; raises InvalidRecipe when it is empty."""
    words = " ".join(plain(name).split())
    cleaned = "".join(letter for letter in words if letter.isprintable())[:NAME_LENGTH].strip()
    if not cleaned:
        raise InvalidRecipe("A name needs at least one visible character", repr(name), "Type a name")
    return cleaned


def plain(text: str) -> str:
    """Text that every database takes: no NUL, no half of a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def somebody(who: str) -> str:
    return who or "somebody"


def _noun(table: Table) -> str:
    return str(table.name).removesuffix("s")
