"""The recipe of the Train form as a document to copy, download, or replace."""

import json

import streamlit as st

from clipviz.core.dataset import Dataset
from clipviz.core.errors import ClipvizError
from clipviz.core.recipe import Recipe
from clipviz.runs.check import check
from clipviz.ui import drafts, header


def shown(dataset: Dataset, recipe: Recipe, draft: drafts.Draft) -> None:
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
