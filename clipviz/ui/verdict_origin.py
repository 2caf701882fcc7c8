"""What a verdict rests on, in words: how the file was read, the task, the rows of each part, and the loss."""

from clipviz.core.dataset import Dataset
from clipviz.core.errors import ClipvizError
from clipviz.core.recipe import USUAL_LOSS, Choice, Recipe
from clipviz.datasets import files, sentences
from clipviz.runs.sweeps import titles
from clipviz.ui import recipes, splits, state
from clipviz.ui.text import counted, number, plain


def paragraphs(recipe: Recipe, other: str = "") -> list[str]:
    """Plain text; nothing of a dataset that is gone. other: said of the inputs, where arms read others."""
    try:
        dataset = state.store().datasets.get(recipe.data.dataset, include_deleted=True)
        return [_read(dataset), _trained(dataset, recipe, other)]
    except ClipvizError:
        return []


def _read(dataset: Dataset) -> str:
    reading = dataset.reading
    what = "image" if dataset.image else "row"
    how = f"Every image becomes {dataset.image}." if dataset.image else sentences.how(reading)
    said = [f"{plain(dataset.name)}: {counted(dataset.rows, what)}. {how}"]
    if missing := [plain(word, 30) for word in reading.missing or () if word]:
        said.append(f"Empty cells and {', '.join(missing)} count as missing.")
    if dataset.rejected:
        said.append(f"{counted(dataset.rejected, what)} could not be read and are left out.")
    return " ".join([*said, *files.notes(state.settings(), dataset.id)])


def _trained(dataset: Dataset, recipe: Recipe, other: str) -> str:
    table = state.table(dataset, recipe)
    loss = titles.of_choice("loss", recipe.loss or Choice(id=USUAL_LOSS[table.task]))
    by = f" by {plain(recipe.split.column, 40)}" if recipe.split.column else ""
    return (
        f"The task is {table.task}: {plain(table.target_name, 60)} is predicted from "
        f"{counted(len(table.features), 'input')}{other}. {number(len(table.train))} rows train, "
        f"{number(len(table.validation))} choose the best step and {number(len(table.test))} judge it, dealt out "
        f"{splits.KINDS[recipe.split.kind]}{by}. Loss: {loss}. Network and training, but for what "
        f"varies: {recipes.settings_in_words(recipe)}."
    )
