"""The form of the Train page: data, network, clipping, optimisation; and the same thing as JSON."""

import json

import streamlit as st

from clipviz.core.dataset import Dataset
from clipviz.core.discovery import discover
from clipviz.core.errors import ClipvizError
from clipviz.core.recipe import Choice, Data, Recipe, Task, Text
from clipviz.core.regime import Training
from clipviz.runs.check import check, kind_of_rows
from clipviz.ui import augmentations, drafts, forms, header, optimisation_form, places, recipes, splits, state
from clipviz.ui.text import counted, escape, number, plain


def form(dataset: Dataset, draft: drafts.Draft) -> Recipe:
    """Widgets for every part of a recipe, in four groups; returns the recipe that they say."""
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        st.markdown("**Data**")
        recipe, task = _data(dataset, draft)
        augment = augmentations.form(dataset, recipe, draft)
    with right, st.container(border=True):
        st.markdown("**Network**")
        takes = kind_of_rows(recipe, dataset)
        model = forms.pick(
            "clipviz.models", "Model", recipe.model, draft.key("model"), only=lambda cls: takes in cls.takes
        )
        initialisation = forms.pick(
            "clipviz.training.initialisations",
            "First weights",
            recipe.initialisation,
            draft.key("initialisation"),
        )
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        st.markdown("**Clipping**")
        clipping = _clipping(dataset, recipe, draft, model)
    with right, st.container(border=True):
        st.markdown("**Optimisation**")
        clipped = recipe.model_copy(update={"training": clipping["training"]})
        optimisation = optimisation_form.form(clipped, task, draft)
    network = {"model": model, "initialisation": initialisation, "augment": augment}
    return recipe.model_copy(update={**network, **clipping, **optimisation})


def _data(dataset: Dataset, draft: drafts.Draft) -> tuple[Recipe, Task | None]:
    """The recipe with its data, and the task of its target where that can be told."""
    recipe = recipes.target(dataset, draft)
    tasks: dict[str, Task | None] = {
        "by the target's type": None,
        "regression": "regression",
        "classification": "classification",
    }
    now = next(name for name, task in tasks.items() if task == recipe.data.task)
    task = tasks[
        st.segmented_control("Task", list(tasks), default=now, required=True, key=draft.key("task")) or now
    ]
    text = _text(dataset, recipe, draft)
    with st.expander("Inputs and split"):
        features = recipe.data.features if dataset.image is not None else _features(dataset, recipe, draft)
        split = splits.form(dataset, recipe.split, recipe.data.target, draft)
        shown = st.container()
    data = Data(
        dataset=dataset.id,
        target=recipe.data.target,
        task=task,
        features=features,
        text=text,
        contamination=recipe.data.contamination,
    )
    left_out = set() if features is None else {column.name for column in dataset.columns} - set(features)
    inputs = recipe.inputs if dataset.image is not None else recipes.without(recipe.inputs, left_out)
    recipe = recipe.model_copy(update={"data": data, "split": split, "inputs": inputs})
    try:
        table = state.table(dataset, recipe)
    except ClipvizError as error:
        header.problem(error)
        return recipe, recipe.data.task
    what = "pixels" if dataset.image else "inputs"
    st.caption(
        f"{table.task.capitalize()} from {number(len(table.features))} {what}: {number(len(table.train))} training, "
        f"{number(len(table.validation))} validation and {number(len(table.test))} test rows."
    )
    with shown:
        splits.outcome(table)
    for note in table.notes:
        st.caption(escape(note, 300))
    return recipe, table.task


def _text(dataset: Dataset, recipe: Recipe, draft: drafts.Draft) -> Text | None:
    """The column of prose to read, where there is one."""
    target = recipe.data.target
    prose = [column.name for column in dataset.columns if column.kind == "text" and column.name != target]
    if not prose or dataset.image is not None:
        return None
    now = recipe.data.text.column if recipe.data.text else None
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
    given = recipe.data.text.model_dump() if recipe.data.text else {}
    known = given | {"column": column}
    with st.expander("How it is read"):
        found = forms.fields(Text, known, draft.key("text.fields"), names=("length", "words", "least"))
    return Text.model_validate(known | found)


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


def _clipping(dataset: Dataset, recipe: Recipe, draft: drafts.Draft, model: Choice) -> dict[str, object]:
    default = forms.pick(
        "clipviz.policies.inputs",
        "Input clamp",
        recipe.inputs.default,
        draft.key("inputs"),
        options=recipes.options(dataset, recipe),
    )
    if recipe.inputs.columns:
        own = counted(len(recipe.inputs.columns), "column has a clamp of its", "columns have clamps of their")
        st.caption(f"{own} own, from the Clamp page.")
    normalisation = forms.pick(
        "clipviz.policies.normalisations",
        "Normalisation",
        recipe.inputs.normalisation,
        draft.key("normalisation"),
        help="Brings all number columns to a common size, behind their clamps.",
    )
    if recipe.target_clamp.id != "none":
        st.caption(
            f"The training targets are clamped ({escape(recipe.target_clamp.id)}); metrics are on targets as they are."
        )
    activation = places.activation(recipe, draft)
    clips_at = places.chains(recipe, model, draft)
    gradient = forms.pick(
        "clipviz.policies.gradients", "Gradient clip", recipe.gradient, draft.key("gradient")
    )
    inputs = recipe.inputs.model_copy(update={"default": default, "normalisation": normalisation})
    training = recipe.training.model_copy(update=_scales(recipe, gradient, draft))
    return {
        "inputs": inputs,
        "activation": activation,
        "clips_at": clips_at,
        "gradient": gradient,
        "training": training,
    }


def _scales(recipe: Recipe, gradient: Choice, draft: drafts.Draft) -> dict[str, object]:
    """What the gradient clip shortens, where there is a choice: one that turns the gradient can only do that."""
    if gradient.id == "none" or discover("clipviz.policies.gradients")[gradient.id].turns:
        return {"clip_scales": "gradient"}
    return forms.fields(Training, recipe.training.model_dump(), draft.key("scales"), ("clip_scales",))


def as_json(dataset: Dataset, recipe: Recipe, draft: drafts.Draft) -> None:
    """The recipe to copy, download, or replace by a pasted one."""
    with st.expander("The recipe as JSON", icon=":material/data_object:"):
        text = json.dumps(recipe.model_dump(mode="json"), indent=2, ensure_ascii=False)
        st.code(text, language="json", height=240)
        st.download_button(
            "Download", text, file_name="recipe.json", mime="application/json", icon=":material/download:"
        )
        pasted = st.text_area("Paste another recipe", key=draft.key("paste"), height=120)
        if st.button("Use the pasted recipe", disabled=not pasted, key="use_pasted"):
            try:
                other = Recipe.parse(pasted)
                data = other.data.model_copy(update={"dataset": dataset.id})
                here = other.model_copy(update={"data": data})
                check(here, dataset)
            except ClipvizError as error:
                header.problem(error)
                return
            drafts.replace(here, draft.base)
            st.rerun()
