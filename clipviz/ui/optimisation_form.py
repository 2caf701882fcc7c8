"""The fourth group of the Train form: the loss, how it is made small, and when that ends."""

from typing import Any, TypeVar

import streamlit as st
from pydantic import BaseModel

from clipviz.core.discovery import build
from clipviz.core.recipe import USUAL_LOSS, Choice, Recipe, Task
from clipviz.core.regime import Stopping, Training
from clipviz.ui import drafts, forms

Record = TypeVar("Record", bound=BaseModel)


def form(recipe: Recipe, task: Task | None, draft: drafts.Draft) -> dict[str, object]:
    """Loss, optimiser, schedule, training, stopping, seed and device of a recipe, by their names in it.

    task: of the target; None where it is not known: then the loss is the usual one.
    """
    optimiser = forms.pick(
        "clipviz.training.optimisers", "Optimiser", recipe.optimiser, draft.key("optimiser")
    )
    schedule = forms.pick(
        "clipviz.training.schedules",
        "Learning rate over the run",
        recipe.schedule,
        draft.key("schedule"),
    )
    training = _some(Training, recipe.training, draft.key("training"), _shown(Training))
    training = _some(Training, training, draft.key("training.more"), _folded(Training), "More of training")
    stopping = _some(Stopping, recipe.stopping, draft.key("stopping"), _shown(Stopping))
    stopping = _some(Stopping, stopping, draft.key("stopping.more"), _folded(Stopping), "Stopping rules")
    return {
        "loss": _loss(recipe, task, draft),
        "optimiser": optimiser,
        "schedule": schedule,
        "training": training,
        "stopping": stopping,
        **_where(recipe, draft),
    }


def _loss(recipe: Recipe, task: Task | None, draft: drafts.Draft) -> Choice | None:
    """None for the loss that is usual, as it comes."""
    if task is None:
        return recipe.loss
    usual = Choice(id=USUAL_LOSS[task])
    with st.expander("Loss" + ("" if recipe.loss is None else f" ({recipe.loss.id.replace('_', ' ')})")):
        picked = forms.pick(
            "clipviz.training.losses",
            "Loss",
            recipe.loss or usual,
            draft.key(f"loss.{task}"),
            only=lambda cls: cls.task == task,
            fold=False,
        )
    plain = build("clipviz.training.losses", usual).model_dump(mode="json")
    return None if picked.id == usual.id and picked.fields() == plain else picked


def _some(cls: type[Record], record: Record, key: str, names: tuple[str, ...], folded: str = "") -> Record:
    """A record with some of its fields as widgets say, in an expander where that has a title."""
    values: dict[str, Any] = record.model_dump()
    if not folded:
        return record.model_copy(update=forms.fields(cls, values, key, names))
    usual = cls()
    changed = sum(values[name] != getattr(usual, name) for name in names)
    with st.expander(folded + (f" ({changed})" if changed else "")):
        return record.model_copy(update=forms.fields(cls, values, key, names, fold=False))


def _shown(cls: type[BaseModel]) -> tuple[str, ...]:
    return tuple(name for name in cls.model_fields if name != "clip_scales" and name not in _folded(cls))


def _folded(cls: type[BaseModel]) -> tuple[str, ...]:
    return tuple(name for name, info in cls.model_fields.items() if forms.is_advanced(info))


def _where(recipe: Recipe, draft: drafts.Draft) -> dict[str, object]:
    left, right = st.columns(2)
    with left:
        seed = st.number_input(
            "Seed",
            value=recipe.seed,
            min_value=0,
            max_value=2**32 - 1,
            step=1,
            key=draft.key("seed"),
            help="Decides the first weights and the order of the batches.",
        )
    with right:
        devices = ["auto", "cpu", "cuda"]
        device = st.selectbox(
            "Device",
            devices,
            index=devices.index(recipe.device),
            key=draft.key("device"),
            help="auto takes the CUDA device when there is one, else the CPU.",
        )
    return {"seed": seed, "device": device}
