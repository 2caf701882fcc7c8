"""Saved recipes: immutable, named by their content."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import RowMapping, insert, select, update

from clipviz.core.errors import NotFound
from clipviz.core.recipe import Recipe
from clipviz.store.database import Database
from clipviz.store.editing import clean_name, existing, plain
from clipviz.store.schema import datasets, recipes


class SavedRecipe(BaseModel):
    """A recipe as the store keeps it."""

    model_config = ConfigDict(frozen=True)

    id: str
    recipe: Recipe
    name: str
    parent: str = Field("", description="Id of the recipe it was cloned from.")
    created_by: str = ""
    created_at: datetime


class Recipes:
    """Recipes of one store. Methods raise StoreUnavailable when the database is locked, full or away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, recipe: Recipe, name: str, who: str, parent: str = "") -> SavedRecipe:
        """Save a recipe; the same content again gives what is stored, with its first name and author.

        Raises NotFound when its dataset is not in the store.
        """
        known = select(recipes).where(recipes.c.id == recipe.id)
        with self._database.writing() as connection:
            existing(connection, datasets, recipe.data.dataset, lock=True)
            row = connection.execute(known).mappings().one_or_none()
            if row is None:
                values = as_row(recipe, name, who, self._database.now(), parent)
                row = (
                    connection.execute(insert(recipes).values(values).returning(*recipes.c)).mappings().one()
                )
            elif not row["listed"]:
                connection.execute(update(recipes).where(recipes.c.id == recipe.id).values(listed=True))
            return _saved(row)

    def get(self, id: str) -> SavedRecipe:
        """One recipe; raises NotFound."""
        with self._database.reading() as connection:
            row = (
                connection.execute(select(recipes).where(recipes.c.id == plain(id))).mappings().one_or_none()
            )
        if row is None:
            raise NotFound(
                "There is no recipe with this id", repr(id), "Check the link, or choose a run and clone it"
            )
        return _saved(row)

    def list(self, dataset: str | None = None, limit: int = 100) -> list[SavedRecipe]:
        """Recipes that people saved, newest first, of one dataset or of all; the cells of sweeps are left out."""
        query = select(recipes).where(recipes.c.listed).limit(limit)
        query = query.order_by(recipes.c.created_at.desc(), recipes.c.id)
        if dataset is not None:
            query = query.where(recipes.c.dataset == dataset)
        with self._database.reading() as connection:
            return [_saved(row) for row in connection.execute(query).mappings()]


def as_row(
    recipe: Recipe, name: str, who: str, now: datetime, parent: str = "", listed: bool = True
) -> dict[str, Any]:
    """The values of a new row."""
    return {
        "id": recipe.id,
        "dataset": recipe.data.dataset,
        "document": recipe.canonical(),
        "name": clean_name(name),
        "parent": parent,
        "listed": listed,
        "created_by": plain(who),
        "created_at": now,
    }


def _saved(row: RowMapping) -> SavedRecipe:
    given = {name: row[name] for name in SavedRecipe.model_fields if name != "recipe"}
    return SavedRecipe(recipe=Recipe.parse(row["document"]), **given)
