"""The rows that runs train on, read once for runs that split them alike."""

from collections.abc import Callable

from clipviz.core.dataset import Dataset
from clipviz.core.recipe import Recipe
from clipviz.core.settings import Settings
from clipviz.core.table import Table

Load = Callable[[Dataset, Recipe], Table]


class SharedRows:
    """Keeps the last table, for the next run with the same data and split."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._key = ""
        self._table: Table | None = None

    def load(self, dataset: Dataset, recipe: Recipe) -> Table:
        """The table of a recipe; raises as `datasets.table.load` does."""
        from clipviz.datasets.table import load

        key = f"{recipe.data!r} {recipe.split!r}"
        if self._table is None or key != self._key:
            self._table = None  # never two of them in memory
            self._table = load(self._settings, dataset, recipe)
            self._key = key
        return self._table
