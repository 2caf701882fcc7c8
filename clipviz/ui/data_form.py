"""The first group of the Train form: what is learned from what, and how rows are dealt out."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from clipviz.core.dataset import Dataset
from clipviz.core.errors import ClipvizError
from clipviz.core.recipe import Recipe, Task, Text
from clipviz.datasets import files
from clipviz.runs.defaults import reading
from clipviz.ui import augmentations, drafts, forms, header, recipes, splits, state
from clipviz.ui.text import counted, escape, number, plain

TASKS: dict[str, Task | None] = {
    "by the target's type": None,
    "regression": "regression",
    "classification": "classification",
}


def form(dataset: Dataset, draft: drafts.Draft) -> tuple[Recipe, Task | None]:
    """The recipe with its data, and the task of its target where that can be told."""
    recipe = recipes.target(dataset, draft)
    text, told = _text(dataset, recipe, draft), st.container()
    with st.expander("Task" if dataset.image else "Task and input columns"):
        task = _task(recipe, draft)
        features = recipe.data.features if dataset.image else _features(dataset, recipe, draft)
    if text is not None:
        with st.expander("How the text is read"):
            text = _reading(text, draft)
    with st.expander("Training, validation and test rows"):
        split = splits.form(dataset, recipe.split, recipe.data.target, draft)
        parts = st.container()
    with st.expander("Input normalisation"):
        normalisation = forms.pick(
            "clipviz.policies.normalisations",
            "Input normalisation",
            recipe.inputs.normalisation,
            draft.key("normalisation"),
            help="Brings all number columns to a common size, behind their clamps.",
            fold=False,
        )
    left_out = set() if features is None else {column.name for column in dataset.columns} - set(features)
    inputs = recipe.inputs if dataset.image else recipes.without(recipe.inputs, left_out)
    recipe = recipe.model_copy(
        update={
            "data": recipe.data.model_copy(update={"task": task, "features": features, "text": text}),
            "split": split,
            "inputs": inputs.model_copy(update={"normalisation": normalisation}),
        }
    )
    recipe = recipe.model_copy(update={"augment": augmentations.form(dataset, recipe, draft)})
    with told:
        return recipe, _outcome(dataset, recipe, parts)


def _outcome(dataset: Dataset, recipe: Recipe, parts: DeltaGenerator) -> Task | None:
    """Says what the rows of a recipe are; the task of their target, where they can be had."""
    try:
        table = state.table(dataset, recipe)
    except ClipvizError as error:
        header.problem(error)
        return recipe.data.task
    what, rows = ("pixel", "images") if dataset.image else ("input", "rows")
    classes = f" into {number(len(table.classes))} classes" if table.classes else ""
    st.caption(
        f"{table.task.capitalize()}{classes} from {counted(len(table.features), what)}: {number(len(table.train))} "
        f"training, {number(len(table.validation))} validation and {number(len(table.test))} test {rows}."
    )
    for note in table.notes:
        st.caption(escape(note, 300))
    with parts:
        splits.outcome(table)
    return table.task


def _task(recipe: Recipe, draft: drafts.Draft) -> Task | None:
    now = next(name for name, task in TASKS.items() if task == recipe.data.task)
    chosen = st.segmented_control("Task", list(TASKS), default=now, required=True, key=draft.key("task"))
    return TASKS[chosen or now]


def _text(dataset: Dataset, recipe: Recipe, draft: drafts.Draft) -> Text | None:
    """The column of prose to read, where there is one."""
    target, known = recipe.data.target, recipe.data.text
    prose = [column.name for column in dataset.columns if column.kind == "text" and column.name != target]
    if not prose or dataset.image is not None:
        return None
    now = known.column if known else None
    names: list[str | None] = [None, *prose]
    column = st.selectbox(
        "Text to read",
        names,
        index=names.index(now) if now in names else 0,
        format_func=lambda name: "none" if name is None else plain(name, 40),
        key=draft.key("text"),
        help="Its words in order, for a model that takes text; the columns beside it join at the end.",
    )
    if column is None:
        return None
    if known is not None and known.column == column:
        return known
    return reading(column, files.texts(state.settings(), dataset.id))


def _reading(text: Text, draft: drafts.Draft) -> Text:
    """How a text is read, as widgets that belong to its column say."""
    given = text.model_dump()
    names = tuple(name for name in given if name != "column")
    return Text.model_validate(
        given | forms.fields(Text, given, draft.key(f"text.fields:{text.column}"), names)
    )


def _features(dataset: Dataset, recipe: Recipe, draft: drafts.Draft) -> tuple[str, ...] | None:
    """The columns to learn from; None for every usable one."""
    usable = [column.name for column in dataset.columns if column.name != recipe.data.target]
    chosen = st.multiselect(
        "Input columns",
        usable,
        default=[name for name in recipe.data.features or usable if name in usable],
        key=draft.key("features"),
        format_func=lambda name: plain(name, 40),
        help="Text and constant columns are left out, dates become numbers, and the run says so.",
    )
    return None if not chosen or len(chosen) == len(usable) else tuple(chosen)
