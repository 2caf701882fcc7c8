"""Choosing what to predict, and turning a draft into a saved recipe."""

import streamlit as st

from clipviz.core.dataset import Dataset
from clipviz.core.discovery import discover
from clipviz.core.recipe import Choice, Inputs, Recipe
from clipviz.runs.check import complete
from clipviz.runs.sweeps import titles
from clipviz.store.recipes import SavedRecipe
from clipviz.ui import drafts, forms, state
from clipviz.ui.text import ago, escape, plain


def target(dataset: Dataset, draft: drafts.Draft) -> Recipe:
    """A picker of the column to predict; returns the draft's recipe with it. Images have nothing but their label."""
    if dataset.image is not None:
        return draft.recipe
    names = [column.name for column in dataset.columns]
    now = draft.recipe.data.target
    chosen = st.selectbox(
        "Column to predict",
        names,
        index=names.index(now) if now in names else len(names) - 1,
        format_func=plain,
        key=draft.key("target"),
        help="Numbers are predicted as numbers; categories, and numbers with few values, as classes.",
    )
    if chosen == now:
        return draft.recipe
    data = draft.recipe.data.model_copy(update={"target": chosen, "task": None, "features": None})
    return draft.recipe.model_copy(
        update={
            "data": data,
            "inputs": without(draft.recipe.inputs, {chosen}),
            "target_clamp": Choice(id="none"),  # it was meant for another column
        }
    )


def options(dataset: Dataset, recipe: Recipe) -> forms.Options:
    """The names that a field of an input clamp may ask for: categories that are inputs of the network."""
    features = recipe.data.features
    names = [column.name for column in dataset.columns if column.kind == "category"]
    return {
        "categories": [
            name for name in names if name != recipe.data.target and (features is None or name in features)
        ]
    }


def without(inputs: Inputs, gone: set[str]) -> Inputs:
    """Input clamps without those of columns that are no inputs any more."""
    kept = {name: choice for name, choice in inputs.columns.items() if name not in gone}
    return inputs.model_copy(update={"columns": kept})


def save(recipe: Recipe, draft: drafts.Draft) -> SavedRecipe:
    """Saves a recipe under its content id; saving the same twice is one recipe, so nobody overwrites anybody."""
    recipe = complete(recipe)
    saved = state.store().recipes.add(recipe, in_words(recipe), state.me(), parent=draft.base)
    draft.recipe, draft.base, draft.start = recipe, saved.id, saved.id
    return saved


def saved_ones(dataset: Dataset) -> None:
    """The team's recipes for a dataset, to go on from; nothing where there are none."""
    known = state.store().recipes.list(dataset.id, limit=50)
    if not known:
        return
    with st.popover("Saved recipes", icon=":material/bookmarks:"):
        for each in known:
            when = f"{plain(each.created_by, 40) or 'somebody'}, {ago(each.created_at)}"
            if st.button(escape(each.name, 80), key=f"recipe:{each.id}", help=escape(when), type="tertiary"):
                drafts.replace(each.recipe, each.id)
                st.query_params["recipe"] = each.id
                st.rerun()


def in_words(recipe: Recipe) -> str:
    """A recipe in one line of plain text: what is predicted, and with which clips."""
    on_target = recipe.target_clamp.id != "none"
    clips = [
        _title("inputs", recipe.inputs.default, "no input clamp")
        + (f" + {len(own)} own" if (own := titles.own_clamps(recipe)) else ""),
        *([f"target: {_title('inputs', recipe.target_clamp, '')}"] if on_target else []),
        _title("activations", recipe.activation, "no activation clip"),
        _title("gradients", recipe.gradient, "no gradient clip"),
    ]
    return f"{plain(recipe.data.target, 40)}: {' · '.join(clips)} · seed {recipe.seed}"


def settings_in_words(recipe: Recipe) -> str:
    """Model and optimiser of a recipe, and whatever else is not at its default, in one line of plain text."""
    parts = [titles.of_choice("model", recipe.model), titles.of_choice("optimiser", recipe.optimiser)]
    for name in ("initialisation", "loss", "schedule"):
        chosen, usual = getattr(recipe, name), Recipe.model_fields[name].default
        if chosen is not None and titles.of_choice(name, chosen) != (usual and titles.of_choice(name, usual)):
            parts.append(titles.of_choice(name, chosen))
    for place, chain in recipe.clips_at.items():
        clips = [titles.of_choice("activation", choice).lower() for choice in chain]
        parts.append(f"{place}: {', then '.join(clips) or 'no clip'}")
    if recipe.target_clamp.id != "none":
        parts.append(f"target clamped: {titles.of_choice('inputs', recipe.target_clamp).lower()}")
    parts += [titles.of_choice("augment", choice) for choice in recipe.augment]
    for record in (recipe.training, recipe.stopping):
        for name, info in type(record).model_fields.items():
            value = getattr(record, name)
            if value != info.default:
                parts.append(titles.of_field((info.title or name).lower(), value))
    return " · ".join(parts)


def _title(family: str, choice: Choice, none: str) -> str:
    known = discover(f"clipviz.policies.{family}")
    if choice.id == "none" or choice.id not in known:
        return none if choice.id == "none" else choice.id
    return forms.title_of(known[choice.id]).lower().replace(",", "")
