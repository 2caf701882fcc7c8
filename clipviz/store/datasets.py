"""The team's datasets: what is known of each; their bytes live in files."""

from datetime import timedelta

from sqlalchemy import RowMapping, insert, select
from sqlalchemy.exc import IntegrityError

from clipviz.core.dataset import Dataset
from clipviz.store.database import Database
from clipviz.store.editing import clean_name, edit, existing, found, plain, touch
from clipviz.store.schema import datasets


class Datasets:
    """Datasets of one store. Methods raise StoreUnavailable when the database is locked, full or away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, dataset: Dataset) -> Dataset:
        """Save a dataset; the same content again gives what is stored, brought back if it was deleted."""
        try:
            return self._add(dataset)
        except IntegrityError:  # somebody else added it between our look and our word
            return self._add(dataset)

    def _add(self, dataset: Dataset) -> Dataset:
        known = select(datasets).where(datasets.c.id == dataset.id).with_for_update(key_share=True)
        with self._database.writing() as connection:
            row = connection.execute(known).mappings().one_or_none()
            if row is None:
                values = dataset.model_dump(mode="json") | {
                    "name": clean_name(dataset.name),
                    "created_by": plain(dataset.created_by),
                    "created_at": dataset.created_at,
                    "changed_by": plain(dataset.created_by),
                    "changed_at": dataset.created_at,
                    "deleted_at": None,
                    "revision": 1,
                }
                row = (
                    connection.execute(insert(datasets).values(values).returning(*datasets.c))
                    .mappings()
                    .one()
                )
            elif row["deleted_at"] is not None:
                now = self._database.now()
                row = touch(connection, datasets, row, dataset.created_by, now, deleted_at=None)
            return _dataset(row)

    def get(self, id: str, *, include_deleted: bool = False) -> Dataset:
        """One dataset; raises NotFound that says whether it never existed or who deleted it.

        include_deleted: give it all the same, for the runs that were made of it: its files stay.
        """
        with self._database.reading() as connection:
            if include_deleted:
                return _dataset(existing(connection, datasets, id))
            return _dataset(found(connection, datasets, id, self._database.now()))

    def list(self) -> list[Dataset]:
        """Every dataset that is not deleted, newest first."""
        living = select(datasets).where(datasets.c.deleted_at.is_(None))
        with self._database.reading() as connection:
            rows = connection.execute(living.order_by(datasets.c.created_at.desc(), datasets.c.id)).mappings()
            return [_dataset(row) for row in rows]

    def rename(self, id: str, name: str, revision: int, who: str) -> Dataset:
        """Give a new name; raises Conflict when somebody edited it in between, NotFound when it is gone."""
        with self._database.writing() as connection:
            now = self._database.now()
            return _dataset(edit(connection, datasets, id, revision, who, now, name=clean_name(name)))

    def delete(self, id: str, who: str) -> Dataset:
        """Hide a dataset from the team; its files stay, `restore` brings it back. Raises NotFound."""
        with self._database.writing() as connection:
            now = self._database.now()
            row = found(connection, datasets, id, now, lock=True)
            return _dataset(touch(connection, datasets, row, who, now, deleted_at=now))

    def deleted(self, longer_than: timedelta) -> set[str]:
        """The ids of those that have been deleted for longer than this."""
        old = select(datasets.c.id).where(datasets.c.deleted_at < self._database.now() - longer_than)
        with self._database.reading() as connection:
            return set(connection.execute(old).scalars())

    def restore(self, id: str, who: str) -> Dataset:
        """Undo `delete`; a dataset that is not deleted stays as it is. Raises NotFound."""
        with self._database.writing() as connection:
            row = existing(connection, datasets, id, lock=True)
            if row["deleted_at"] is not None:
                row = touch(connection, datasets, row, who, self._database.now(), deleted_at=None)
            return _dataset(row)


def _dataset(row: RowMapping) -> Dataset:
    return Dataset.model_validate({name: row[name] for name in Dataset.model_fields})
