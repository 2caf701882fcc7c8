"""The fourth group of the Train form: the loss, how it is made small, and when that ends."""

from typing import TypeVar

import streamlit as st
from pydantic import BaseModel

from clipviz.core.discovery import build
from clipviz.core.recipe import USUAL_LOSS, Choice, Recipe, Task
from clipviz.core.regime import Stopping
from clipviz.ui import drafts, forms

Record = TypeVar("Record", bound=BaseModel)

LENGTH = ("epochs", "batch_size")
PENALTIES = ("l1", "gradient_noise", "sharpness")
ARITHMETIC = ("precision", "accumulation", "deterministic")


def form(recipe: Recipe, task: Task | None, draft: drafts.Draft) -> dict[str, object]:
    """Loss, optimiser, schedule, training, stopping, seed and device of a recipe, by their names in it.

    task: of the target; None where it is not known: then the loss is the usual one.
    """
    optimiser = forms.pick(
        "clipviz.training.optimisers", "Optimiser", recipe.optimiser, draft.key("optimiser")
    )
    training = _some(recipe.training, LENGTH, draft.key("training"))
    with st.expander("Learning-rate schedule"):
        schedule = forms.pick(
            "clipviz.training.schedules",
            "Learning rate over the run",
            recipe.schedule,
            draft.key("schedule"),
            fold=False,
        )
    with st.expander("Loss"):
        loss = _loss(recipe, task, draft)
    with st.expander("Regularisation"):
        training = _some(training, PENALTIES, draft.key("penalties"))
        st.caption(
            "Weight decay is with the optimiser, dropout with the network, label smoothing with the loss of classes."
        )
    with st.expander("Stopping"):
        stopping = _some(recipe.stopping, tuple(Stopping.model_fields), draft.key("stopping"))
        st.caption("The first rule that holds ends the run. The best weights are kept in any case.")
    with st.expander("Device, precision and seed"):
        where = _where(recipe, draft)
        training = _some(training, ARITHMETIC, draft.key("arithmetic"))
    return {
        "loss": loss,
        "optimiser": optimiser,
        "schedule": schedule,
        "training": training,
        "stopping": stopping,
        **where,
    }


def _loss(recipe: Recipe, task: Task | None, draft: drafts.Draft) -> Choice | None:
    """None for the loss that is usual, as it comes."""
    if task is None:
        st.caption("The loss is chosen once the target can be read.")
        return recipe.loss
    usual = Choice(id=USUAL_LOSS[task])
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


def _some(record: Record, names: tuple[str, ...], key: str) -> Record:
    """A record with some of its fields as widgets say."""
    return record.model_copy(update=forms.fields(type(record), record.model_dump(), key, names, fold=False))


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
