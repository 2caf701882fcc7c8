"""Activation clips of their own at single places of the network, one after the other."""

import streamlit as st

from clipviz.core.discovery import build, discover
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice, Recipe
from clipviz.ui import drafts, forms

MOST = 4
PACKAGE = "clipviz.policies.activations"


def activation(recipe: Recipe, draft: drafts.Draft) -> Choice:
    """The picker of what stands behind every hidden layer."""
    picked = forms.pick(
        PACKAGE,
        "Activation clip",
        recipe.activation,
        draft.key("activation"),
        help="Behind every hidden layer. A clip follows the network's nonlinearity; an activation function "
        "(ReLU, GELU, ...) stands in its place.",
    )
    if discover(PACKAGE)[picked.id].role == "function":
        st.caption("An activation function: it stands in the place of the network's nonlinearity.")
    return picked


def chains(recipe: Recipe, draft: drafts.Draft) -> dict[str, tuple[Choice, ...]]:
    """What stands at single places instead, by place; those that the model does not have (any more) are left out."""
    try:
        known = build("clipviz.models", recipe.model).places()
    except InvalidRecipe:
        return dict(recipe.clips_at)
    now = {place: recipe.clips_at[place] for place in known if place in recipe.clips_at}
    with st.expander("Clips at single places"):
        chosen = st.multiselect(
            "Places with clips of their own",
            known,
            default=list(now),
            key=draft.key(f"places.{len(known)}"),
            help="The input, one layer or the output: what is picked here stands there instead of the one above.",
        )
        return {place: chain(place, now.get(place, ()), draft) for place in known if place in chosen}


def chain(place: str, now: tuple[Choice, ...], draft: drafts.Draft) -> tuple[Choice, ...]:
    """Pickers of what the values at a place pass through, one more as long as the last is not "none"."""
    picked: list[Choice] = []
    for number in range(MOST):
        label = f"At {place}" if place in ("input", "embedding", "output") else f"Behind {place}"
        before = now[number] if number < len(now) else Choice(id="none")
        choice = forms.pick(
            PACKAGE,
            label if number == 0 else "then",
            before,
            draft.key(f"at.{place}.{number}"),
            fold=False,
        )
        if choice.id == "none":
            break
        picked.append(choice)
    return tuple(picked)
